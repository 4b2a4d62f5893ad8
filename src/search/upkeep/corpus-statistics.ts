import { Injectable } from '@nestjs/common';
import { CorpusRepository } from './corpus.repository.js';
import type { Counted, Counts, IdRange } from './corpus.repository.js';

/** Entries counted by one statement: short enough to let others in between, on one session too. */
const RANGE = 2000n;
/** A larger catalog is counted in so many ranges spread over it; rarity needs no exact figure. */
const MOST_RANGES = 50;
/** Rarer lexemes weigh nearly the same, and are most of all there are. */
const LEAST_KEPT = 3;
/** A count that moved by less changes no ranking and is not written. */
const MOVED = 0.1;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** True when the counts are of another catalog: grown or shrunk by a tenth, or of too long ago. */
export function isStale(counted: number, now: number, at: Date | null, longest: number, clock = Date.now()): boolean {
  if (at === null) return now > 0;
  return Math.abs(now - counted) > MOVED * counted || clock - at.getTime() > longest;
}

/** Keeps what ranking and spelling know of the catalog: how common lexemes and words are, and how long documents run. */
@Injectable()
export class CorpusStatistics {
  constructor(private readonly corpus: CorpusRepository) {}

  /** Counts again what is out of date; nothing when all is fresh. */
  async refreshStale(): Promise<void> {
    const [state, docs] = [await this.corpus.state(), await this.corpus.docs()];
    const lexemes = isStale(state.docs, docs, state.refreshedAt, HOUR);
    const words = isStale(state.wordedDocs, docs, state.wordedAt, DAY);
    if (lexemes) await this.refreshLexemes();
    if (words) await this.refreshWords();
  }

  /** How many entries hold each lexeme, scaled up from a sample where the catalog is large. */
  async refreshLexemes(): Promise<void> {
    const docs = await this.corpus.docs();
    const counts: Counts = new Map();
    const sample = { docs: 0, lexemes: 0 };
    for (const range of spread(await this.corpus.ids(), MOST_RANGES)) {
      add(counts, await this.corpus.count('lexemes', range));
      const { docs: counted, lexemes } = await this.corpus.lengths(range);
      sample.docs += counted;
      sample.lexemes += lexemes;
    }
    const scale = sample.docs > 0 ? Math.max(1, docs / sample.docs) : 1;
    for (const [lexeme, ndoc] of counts)
      if (ndoc < LEAST_KEPT) counts.delete(lexeme);
      else counts.set(lexeme, Math.round(ndoc * scale));
    await this.replace('lexemes', await this.corpus.kept('lexemes'), counts);
    await this.corpus.refreshed(docs, sample.docs > 0 ? sample.lexemes / sample.docs : 1);
  }

  /** Every word of names, titles and tags; words no entry has any more go. */
  async refreshWords(): Promise<void> {
    const docs = await this.corpus.docs();
    const kept = await this.corpus.kept('words');
    const counts: Counts = new Map();
    for (const range of spread(await this.corpus.ids())) add(counts, await this.corpus.count('words', range));
    for (const word of counts.keys()) if (!isWord(word)) counts.delete(word);
    await this.replace('words', kept, counts);
    await this.corpus.worded(docs);
  }

  private async replace(what: Counted, kept: Counts, counts: Counts): Promise<void> {
    const changed: Counts = new Map();
    for (const [word, ndoc] of counts) {
      const before = kept.get(word);
      if (before === undefined || Math.abs(ndoc - before) > MOVED * before) changed.set(word, ndoc);
    }
    await this.corpus.write(what, changed);
    await this.corpus.remove(
      what,
      [...kept.keys()].filter((word) => !counts.has(word)),
    );
  }
}

/** Three to forty characters and no bare number; the same rule as the vocabulary's own statement. */
const isWord = (word: string): boolean => {
  const { length } = [...word];
  return length >= 3 && length <= 40 && !/^[0-9]+$/.test(word);
};

function add(counts: Counts, rows: readonly { word: string; ndoc: number }[]): void {
  for (const { word, ndoc } of rows) counts.set(word, (counts.get(word) ?? 0) + ndoc);
}

/** All ranges of ids, or as many as asked, evenly spread. */
export function spread(ids: IdRange | undefined, most = Infinity): IdRange[] {
  if (!ids) return [];
  const ranges: IdRange[] = [];
  for (let first = ids.first; first <= ids.last; first += RANGE) ranges.push({ first, last: first + RANGE - 1n });
  if (ranges.length <= most) return ranges;
  return Array.from({ length: most }, (_, i) => ranges[Math.floor((i * ranges.length) / most)]);
}
