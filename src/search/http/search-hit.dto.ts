import { ApiProperty } from '@nestjs/swagger';
import { Entry } from '../../entries/http/entry.dto.js';
import { Shown } from '../../platform/http/fields.js';

/** Why an entry was found. */
export class SearchMatch {
  @Shown(0.71, {
    type: Number,
    nullable: true,
    description:
      'What the words say, 0 to 1: BM25 as share of the highest these words can reach, with a tenth for how near they ' +
      'stand. Null when there were no words, 0 beyond the ranked part of a very common query.',
  })
  text: number | null;

  @Shown(0.58, {
    type: Number,
    nullable: true,
    description:
      'How near its meaning is to the query: the cosine of their vectors, -1 to 1. What counts as near depends on the ' +
      'model. Null when meaning was not asked for, or where the entry has no vector.',
  })
  vector: number | null;

  @Shown(0.4, {
    type: Number,
    nullable: true,
    description:
      'What speaks for it whatever was asked, 0 to 1: how much depends on it, beside what does most among the candidates. ' +
      'Null where that was not weighed.',
  })
  filters: number | null;

  @Shown('Scores <mark>card</mark> <mark>payments</mark> in real time.', {
    type: String,
    nullable: true,
    description:
      'A part of title and description as HTML: everything is escaped but `<mark>` and `</mark>` around what matched. ' +
      'Null when only name or tags matched.',
  })
  highlight: string | null;

  @Shown(null, {
    type: String,
    nullable: true,
    description: 'The query as it was understood for this hit, when a word was taken for a typing error.',
  })
  corrected: string | null;
}

export class SearchHit extends Entry {
  @Shown(0.78, {
    type: Number,
    description:
      'Best first; comparable within one answer. 1: its name, id or key is the query. By hybrid search, what words, meaning ' +
      'and use by others come to by their weights, each as share of the best candidate. By meaning alone, the cosine. By ' +
      'words alone, 0.9 to 0.999: its name begins with it. 0.4 to 0.9: it has every word. ' +
      '0.3 to 0.4: it has every word as it was probably meant. 0.2 to 0.3: it has words that begin so. Below 0.2: it has ' +
      'some of the words. Within each, 80 % `matched.text` and 20 % how much depends on it (for names, how close they ' +
      'are counts too). 0 when there were no words.',
  })
  score: number;

  @ApiProperty({ type: SearchMatch })
  matched: SearchMatch;
}

export const SUGGESTION_KINDS = ['name', 'word', 'correction'] as const;

export class Suggestion {
  @Shown('kubernetes-client', { description: 'What to search for.' })
  text: string;

  @Shown('name', {
    enum: SUGGESTION_KINDS,
    description:
      '`name`: an entry whose name begins so, or has a word that does. `word`: the last word completed. ' +
      '`correction`: the last word as it was probably meant.',
  })
  kind: (typeof SUGGESTION_KINDS)[number];

  @Shown('resource_kubernetes-client', {
    type: String,
    nullable: true,
    description: "The entry's key; null for words.",
  })
  key: string | null;

  @Shown('resource', { type: String, nullable: true })
  type: string | null;

  @Shown('Kubernetes client binary', { type: String, nullable: true })
  title: string | null;
}
