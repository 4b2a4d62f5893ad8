import { Injectable } from '@nestjs/common';
import { VectorSearch } from '../../entries/vectors/vector-search.js';

export interface RecallSample {
  /** Of so many true neighbours. */
  at: number;
  /** Entries whose neighbours were looked for. */
  sample: number;
  /** 0 to 1: which part of the true neighbours the graph finds. */
  recall: number;
  /** Median milliseconds by the graph. */
  search_ms: number;
  /** Median milliseconds by every distance. */
  exact_ms: number;
  measured_at: string;
}

const AT = 10;
/** A million distances take half a second: a large catalog is judged by fewer entries. */
const LONGEST_MS = 5000;

/** Judges the vector index by what is in it: the neighbours of some entries, by the graph and by every distance. */
@Injectable()
export class RecallService {
  /** The last measurement of this process. */
  last: RecallSample | null = null;

  constructor(private readonly vectors: VectorSearch) {}

  /** Null while there is nothing to judge. */
  async measure(sample: number): Promise<RecallSample | null> {
    const deadline = performance.now() + LONGEST_MS;
    const times: { search: number[]; exact: number[] } = { search: [], exact: [] };
    let [found, there] = [0, 0];
    for (const id of await this.vectors.sample(sample)) {
      if (performance.now() > deadline) break;
      const own = await this.vectors.vectorOfEntry(id);
      if (!own) continue;
      const options = { limit: AT, model: own.model, without: [id] };
      const search = await timed(() => this.vectors.nearest(own.values, options));
      const exact = await timed(() => this.vectors.nearest(own.values, { ...options, exact: true }));
      if (!search.answer || !exact.answer) continue;
      // One as near as the last of the true ones is as good.
      const farthest = exact.answer.at(-1)?.similarity ?? 1;
      found += search.answer.filter(({ similarity }) => similarity >= farthest - 1e-6).length;
      there += exact.answer.length;
      times.search.push(search.ms);
      times.exact.push(exact.ms);
    }
    if (there === 0) return null;
    this.last = {
      at: AT,
      sample: times.search.length,
      recall: Math.round((1e4 * Math.min(found, there)) / there) / 1e4,
      search_ms: median(times.search),
      exact_ms: median(times.exact),
      measured_at: new Date().toISOString(),
    };
    return this.last;
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ answer: T; ms: number }> {
  const started = performance.now();
  const answer = await work();
  return { answer, ms: performance.now() - started };
}

const median = (numbers: readonly number[]): number =>
  Math.round(100 * (numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0)) / 100;
