import type { Corpus, TextQuery } from '../query/text-query.js';

/** How well an entry answered, best first. Every better way ranks before every worse one. */
export type Tier = 'exact' | 'prefix' | 'match' | 'meant-exact' | 'meant-prefix' | 'meant' | 'widened' | 'loose';

/** The part of 0..1 that each way of answering takes; within it the rank decides. */
const BANDS: Record<Tier, readonly [low: number, high: number]> = {
  exact: [1, 1],
  prefix: [0.9, 0.999],
  match: [0.4, 0.9],
  'meant-exact': [0.4, 0.4],
  'meant-prefix': [0.38, 0.399],
  meant: [0.3, 0.38],
  widened: [0.2, 0.3],
  loose: [0, 0.2],
};

/** The answer's `score`: rank 0..1 within the band of the tier, to six digits. */
export function scoreOf(tier: Tier, rank: number): number {
  const [low, high] = BANDS[tier];
  return Math.round((low + (high - low) * Math.min(1, Math.max(0, rank))) * 1e6) / 1e6;
}

/** Weights of ts_rank for descriptions (C), tags and feature (B), name and title (A); D is not used. */
const WEIGHTS = `'{0, 0.35, 0.45, 1}'`;
/** ts_rank of one lexeme sums 1/n² of its positions over its limit: as good as n / (n + 0.645). */
const SATURATION = 0.645;
/** BM25's k1 and b. Documents here are short: a long description is punished half as much as usual. */
const K1 = 1.2;
const B = 0.5;
const NEARNESS = 0.1;
/** What use by others adds to what the words say. */
const POPULARITY = 0.2;

export interface ScoreSql {
  /** Columns to select where `d` is the document. */
  inner: string;
  /** 0..1 over those columns (alias `x`): BM25 of the query, as share of the highest it can reach. */
  words: string;
}

/**
 * BM25 as SQL. The weighted term frequency comes from ts_rank of each term by itself, turned back from its saturation:
 * a tenth of what unnesting the tsvector or ts_rank_cd costs, for the same figure. `values` takes the parameters.
 */
export function scoreSql(query: TextQuery, corpus: Corpus, values: unknown[]): ScoreSql {
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  // In float8 throughout: a bare 0.5 is numeric, which costs more than the rank.
  const perLexeme = parameter((K1 * B) / SATURATION / Math.max(corpus.docLength, 1), 'float8');
  const length = `${(K1 * (1 - B)) / SATURATION}::float8 + ${perLexeme} * d.doc_len`;
  const columns = query.terms.map(({ alternatives }, i) => {
    const ranks = alternatives.map(({ query: text, worth }) => {
      const rank = `ts_rank(${WEIGHTS}, d.tsv, ${parameter(text, 'tsquery')})`;
      return worth === 1 ? rank : `${worth} * ${rank}`;
    });
    return `least(0.97, greatest(1e-6, ${ranks.join(', ')}))::float8 AS r${i}`;
  });
  const total = query.terms.reduce((sum, { idf }) => sum + idf, 0);
  // tf / (tf + K) with tf = c r / (1 - r) and k = K / c, in as few steps as it takes: this runs for every match.
  const parts = query.terms.map(({ idf }, i) => `${parameter(idf / total, 'float8')} / (1 + x.k * (1 / x.r${i} - 1))`);
  return { inner: [`${length} AS k`, ...columns].join(', '), words: parts.join(' + ') || '0::float8' };
}

/** 0..1 over the document `d`: how near several words stand. `values` takes the parameter. */
export const nearSql = (query: TextQuery, values: unknown[]): string =>
  query.near ? `least(1, ts_rank(${WEIGHTS}, d.tsv, $${values.push(query.near)}::tsquery))` : '0::real';

/** 0..1 over the columns `words` and `near` (alias `w`): what the words say. Never less than {@link farSql}. */
export const textSql = (query: TextQuery): string =>
  query.near ? `${farSql(query)} + ${NEARNESS} * w.near` : 'w.words';

/** {@link textSql} of an entry whose words' distance was not looked at. */
export const farSql = (query: TextQuery): string => (query.near ? `${1 - NEARNESS} * w.words` : 'w.words');

/** 0..1 over `text` and `popularity`: the words' part and, with the catalog's size for scale, that of being depended upon. */
export const rankSql = (corpus: Corpus): string =>
  `${1 - POPULARITY} * y.text + ${POPULARITY} * least(1, y.popularity / ${Math.log(1 + Math.max(corpus.docs, 9)).toFixed(3)})`;

/** 0..1, as in {@link rankSql}. */
export const popularityOf = (popularity: number, corpus: Corpus): number =>
  Math.min(1, popularity / Math.log(1 + Math.max(corpus.docs, 9)));

/** What {@link rankSql} leaves of the words' part. */
export const TEXT_SHARE = 1 - POPULARITY;
