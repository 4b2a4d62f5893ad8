import { Injectable } from '@nestjs/common';
import { EntryIds } from '../../entries/entry-ids.js';
import { NAME_PATTERN, compareVersions, keyOf } from '../../entries/entry-key.js';
import { CatalogNamesRepository } from './catalog-names.repository.js';
import type { NamedRow } from './catalog-names.repository.js';
import type { Mention } from './mention.js';

/** As many different names of one text are looked up. */
const MOST_NAMES = 1000;
const TOKEN = /[A-Za-z0-9][A-Za-z0-9._+-]{0,126}[A-Za-z0-9+](?:@[\w.+~:-]{1,64}\w)?/g;
/** What a key looks like: `svc_payments`, `plugin_tensorflow@2.1.0`. */
const KEY = /^[a-z]+(?:_[a-z]+)?_[a-z0-9]/i;
/** Not every word that some entry bears as its name means that entry: one of letters alone must be marked as a name. */
const NAME_LIKE = /[A-Za-z][-._+]?\d|\d[-._+]?[A-Za-z]|[A-Za-z][-_+.][A-Za-z]|\+$/;
const QUOTES = new Set(['`', '"', "'", '“', '‘', '«']);

interface Candidate {
  text: string;
  start: number;
  /** `key` stands for one entry, `name` for whichever bear it. */
  as: 'key' | 'name';
}

function candidatesIn(text: string): Candidate[] {
  const found: Candidate[] = [];
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (KEY.test(token)) found.push({ text: token, start: index, as: 'key' });
    if (token.includes('@')) continue;
    const inner = /[A-Za-z]/.test(token.slice(1)) && /[A-Z]/.test(token.slice(1));
    if (inner || NAME_LIKE.test(token) || QUOTES.has(text[index - 1]))
      found.push({ text: token, start: index, as: 'name' });
  }
  return found.filter(({ text: token }) => NAME_PATTERN.test(token.toLowerCase().replace(/@.*$/, '')));
}

/** Finds the catalog's own entries in a text, by key or by name, as far as the caller may see them. */
@Injectable()
export class CatalogNames {
  constructor(
    private readonly ids: EntryIds,
    private readonly names: CatalogNamesRepository,
  ) {}

  async mentionsIn(text: string): Promise<Mention[]> {
    const candidates = candidatesIn(text);
    const distinct = (as: Candidate['as']): string[] => [
      ...new Set(candidates.flatMap((one) => (one.as === as ? [one.text.toLowerCase()] : []))),
    ];
    const keys = await this.ids.resolveMany(distinct('key').slice(0, MOST_NAMES));
    const named = newestOf(await this.names.named(distinct('name').slice(0, MOST_NAMES)));
    return candidates.flatMap((candidate) => {
      const written = candidate.text.toLowerCase();
      const entry = candidate.as === 'key' ? keys.get(written) : named.get(written)?.[0];
      return entry ? [mentionOf(candidate, entry)] : [];
    });
  }
}

/** By name the entries that bear it, each kind's newest version; the kind registered first stands first. */
function newestOf(rows: readonly NamedRow[]): Map<string, NamedRow[]> {
  const byName = new Map<string, NamedRow[]>();
  for (const row of rows) {
    const known = byName.get(row.name) ?? [];
    const at = known.findIndex(({ kind }) => kind === row.kind);
    if (at < 0) known.push(row);
    else if (compareVersions(known[at].version, row.version) < 0) known[at] = row;
    byName.set(row.name, known);
  }
  return byName;
}

function mentionOf({ text, start }: Candidate, entry: Omit<NamedRow, 'id'>): Mention {
  const key = keyOf(entry.kind, entry.name, entry.version);
  return {
    type: 'entity',
    text,
    start,
    end: start + text.length,
    value: entry.name,
    detail: { id: entry.uid, key, type: entry.kind },
  };
}
