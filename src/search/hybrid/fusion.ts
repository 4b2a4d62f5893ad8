import type { LegHit } from '../search-leg.js';

export const FUSIONS = ['weighted', 'rrf'] as const;
/** `weighted`: the legs' normalised scores added up. `rrf`: reciprocal ranks added up, whatever the scores are worth. */
export type Fusion = (typeof FUSIONS)[number];

/** What each leg counts for; only how they stand to each other matters. */
export interface Weights {
  vector: number;
  text: number;
  /** Of what speaks for an entry whatever was asked: how much depends on it. */
  filters: number;
}

export const DEFAULT_WEIGHTS: Weights = { vector: 0.5, text: 0.3, filters: 0.2 };

/** An entry that at least one leg found. */
export interface Candidate {
  id: string;
  /** What the words found; undefined where they did not. */
  hit?: LegHit;
  /** Cosine; undefined where the entry has no vector. */
  similarity?: number;
  /** ln(1 + number of relationships that lead to it). */
  popularity: number;
}

export interface FusionOptions {
  fusion: Fusion;
  weights: Weights;
  /** Cosine up to which nearness says nothing. */
  floor: number;
}

/** Reciprocal rank fusion's constant (Cormack, Clarke, Büttcher 2009). */
const RRF_K = 60;
/** What is named as the query reads stands alone at 1. */
const HIGHEST = 0.999;

/** Each leg's say on a candidate, 0 to 1 within the candidates of this query. */
interface Legs {
  vector: number;
  text: number;
  filters: number;
}

/**
 * Puts the legs' candidates into one order, best first: what is named as the query reads, then by what the legs say
 * together. A leg that says nothing on an entry adds nothing. Ties go by age, so that an order never depends on chance.
 */
export function fuse(candidates: readonly Candidate[], options: FusionOptions): FusedCandidate[] {
  const legs = options.fusion === 'rrf' ? reciprocalRanks(candidates, options) : normalised(candidates, options);
  const { vector, text, filters } = options.weights;
  const total = vector + text + filters;
  return candidates
    .map((candidate, n) => {
      const say = legs[n];
      const sum = (vector * say.vector + text * say.text + filters * say.filters) / total;
      const named = candidate.hit?.tier === 'exact';
      return { candidate, named, score: named ? 1 : round(HIGHEST * sum), filters: round(say.filters) };
    })
    .sort(
      (a, b) =>
        Number(b.named) - Number(a.named) ||
        b.score - a.score ||
        (b.candidate.hit?.score ?? 0) - (a.candidate.hit?.score ?? 0) ||
        Number(BigInt(a.candidate.id) - BigInt(b.candidate.id)),
    );
}

export interface FusedCandidate {
  candidate: Candidate;
  /** Its name, key or id is the query. */
  named: boolean;
  /** 0 to 1. */
  score: number;
  /** 0 to 1, the third leg's say. */
  filters: number;
}

/**
 * Over the candidates, for BM25 has no upper end, cosines lie in a narrow band and popularity has a long tail. Names that
 * are the query are left out of the measure: beside them every other text score would be small.
 */
function normalised(candidates: readonly Candidate[], { floor }: FusionOptions): Legs[] {
  const highest = (values: (number | undefined)[]): number => Math.max(0, ...values.map((value) => value ?? 0));
  const nearest = highest(candidates.map(({ similarity }) => similarity));
  const words = highest(candidates.map(({ hit }) => (hit?.tier === 'exact' ? 0 : hit?.score)));
  const popular = highest(candidates.map(({ popularity }) => popularity));
  return candidates.map(({ hit, similarity = 0, popularity }) => ({
    vector: share(similarity - floor, nearest - floor),
    text: share(hit?.score ?? 0, words),
    filters: share(popularity, popular),
  }));
}

/** A rank of the first leg is worth 1, of the sixtieth about a half. */
function reciprocalRanks(candidates: readonly Candidate[], { floor }: FusionOptions): Legs[] {
  const vector = ranks(candidates, ({ similarity = 0 }) => similarity - floor);
  const text = ranks(candidates, ({ hit }) => hit?.score ?? 0);
  const filters = normalised(candidates, { floor, fusion: 'rrf', weights: DEFAULT_WEIGHTS });
  const worth = (rank: number | undefined): number => (rank === undefined ? 0 : (RRF_K + 1) / (RRF_K + rank));
  return candidates.map(({ id }, n) => ({
    vector: worth(vector.get(id)),
    text: worth(text.get(id)),
    filters: filters[n].filters,
  }));
}

/** From 1; what scores nothing has no rank. */
function ranks(candidates: readonly Candidate[], scoreOf: (candidate: Candidate) => number): Map<string, number> {
  const ranked = candidates.filter((candidate) => scoreOf(candidate) > 0).sort((a, b) => scoreOf(b) - scoreOf(a));
  return new Map(ranked.map(({ id }, n) => [id, n + 1]));
}

const share = (value: number, most: number): number => (most > 0 ? Math.min(1, Math.max(0, value / most)) : 0);

const round = (value: number): number => Math.round(value * 1e6) / 1e6;
