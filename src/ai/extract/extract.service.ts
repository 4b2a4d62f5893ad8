import { Injectable } from '@nestjs/common';
import { TextCache } from '../text/text-cache.js';
import { CatalogNames } from './catalog-names.js';
import { licensesIn } from './licenses.js';
import { MENTION_TYPES, withoutOverlaps } from './mention.js';
import type { Mention, MentionType } from './mention.js';
import { MOST_READ, namesIn } from './names.js';
import { PATTERNS } from './patterns.js';
import { technologiesIn } from './technology-matcher.js';

/** What stands behind a technology's name and is its version: `PostgreSQL 15`, `Python 3.11+`. */
const VERSION_AFTER = /^[ ]v?(\d{1,6}(?:\.\d{1,6}){0,4})\+?(?![\w%.]*[\w%])(?![ ](?:%|[kMG]?B\b|ms\b|times\b|x\b))/;
const BYTES_PER_MENTION = 200;
const READ_BY: readonly MentionType[] = ['person', 'organisation'];

export interface Extraction {
  entities: Mention[];
  /** True when the text is longer than what is read for people and organisations. */
  truncated: boolean;
}

/** What a text names: found by lists, forms, the catalog and an English reader, each with where it stands. */
@Injectable()
export class ExtractService {
  constructor(
    private readonly catalog: CatalogNames,
    private readonly cache: TextCache,
  ) {}

  /** Only mentions of these types, and only what they need is looked for; all when none is named. */
  async extract(text: string, types: readonly MentionType[] = MENTION_TYPES): Promise<Extraction> {
    const wanted = new Set(types.length === 0 ? MENTION_TYPES : types);
    const reads = READ_BY.some((type) => wanted.has(type));
    // Overlaps are settled between all that is cheap to find, so that asking for less does not find more.
    const mentions = [...formsIn(text), ...(reads ? await this.names(text) : [])];
    if (wanted.has('entity')) mentions.push(...(await this.catalog.mentionsIn(text)));
    const entities = withoutOverlaps(mentions).filter(({ type }) => wanted.has(type));
    return { entities, truncated: reads && text.length > MOST_READ };
  }

  private names(text: string): Promise<Mention[]> {
    return this.cache.remember('names', 'compromise', text, () => namesIn(text), (found) => found.length * BYTES_PER_MENTION); // prettier-ignore
  }
}

function formsIn(text: string): Mention[] {
  const technologies = technologiesIn(text);
  return [
    ...PATTERNS.flatMap(([, find]) => find(text)),
    ...licensesIn(text),
    ...technologies,
    ...technologies.flatMap((technology) => versionAfter(text, technology)),
  ];
}

function versionAfter(text: string, { end, value }: Mention): Mention[] {
  const match = VERSION_AFTER.exec(text.slice(end, end + 40));
  if (!match) return [];
  const start = end + match[0].indexOf(match[1]);
  const detail = { of: value };
  return [{ type: 'version', text: match[1], start, end: start + match[1].length, value: match[1], detail }];
}
