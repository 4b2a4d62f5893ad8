import type { TermGroup } from './query-syntax.js';

/** A term as PostgreSQL's text search reads it. Both forms are valid tsquery text, or empty. */
export interface AnalysedTerm {
  /** Cut into words and stemmed as English; empty for a stop word. What titles and descriptions hold. */
  stemmed: string;
  /** Cut at `- _ / . + @ :`, as it stands. What names and tags hold. */
  plain: string;
  /** In about how many entries it is. */
  ndoc: number;
  /** True when names, titles or tags have it as a word. */
  known: boolean;
}

/** The catalog as ranking sees it, as of the last refresh. */
export interface Corpus {
  /** 0 before the first refresh. */
  docs: number;
  /** Average number of distinct lexemes. */
  docLength: number;
}

/** One way in which a term may be found, as tsquery text, and how much it is worth against the word itself. */
export interface Alternative {
  query: string;
  worth: number;
}

/** A positive term for scoring: found by its best alternative, weighed by how rare it is. */
export interface ScoredTerm {
  alternatives: Alternative[];
  /** Inverse document frequency, BM25's. */
  idf: number;
}

/** A tsquery with what is needed to rank by it. */
export interface TextQuery {
  /** Normalised tsquery text: cast it, never parse it again. */
  match: string;
  /** True when `match` leaves something out. */
  negates: boolean;
  terms: ScoredTerm[];
  /** All required terms as one tsquery, in one form each, for how near they stand; undefined with fewer than two. */
  near?: string;
  /** How the rarest word begins, as far as its forms have it in common; null when there is none. */
  about: string | null;
  /** No more entries than this can match, by the statistics; undefined when they do not tell. */
  most?: number;
}

/** A term of the query beside its analysis. */
export interface QueryTerm extends AnalysedTerm {
  text: string;
  phrase: boolean;
  negated: boolean;
  /** True for the one that the query ends with. */
  last?: boolean;
  /** The likely spelling, as analysed; set when the term itself is unknown. */
  correction?: AnalysedTerm & { text: string };
}

const PREFIX_WORTH = 0.7;
const CORRECTION_WORTH = 0.9;
const SHORTEST_PREFIX = 3;
/** A word of so many entries is whole; only the last one of a query may still be being typed. */
const WHOLE = 100;

/** Joins what was parsed with what was analysed (in the same order); terms without a lexeme drop out. */
export function queryTerms(groups: readonly TermGroup[], analysed: readonly AnalysedTerm[]): QueryTerm[][] {
  let n = 0;
  const last = groups.at(-1)?.at(-1);
  return groups
    .map((group) =>
      group
        .map((term) => ({ ...analysed[n++], ...term, ...(term === last && { last: true }) }))
        .filter((term) => term.stemmed !== '' || term.plain !== ''),
    )
    .filter((group) => group.length > 0);
}

const either = (queries: readonly string[]): string => {
  const distinct = [...new Set(queries)];
  return distinct.length === 1 ? distinct[0] : `( ${distinct.join(' | ')} )`;
};
const all = (queries: readonly string[]): string => queries.map((query) => `( ${query} )`).join(' & ');

const itself = (term: AnalysedTerm): Alternative[] =>
  [...new Set([term.stemmed, term.plain])].filter(Boolean).map((query) => ({ query, worth: 1 }));

/** The term, words it begins, and what it was probably meant to be. */
function widened(term: QueryTerm): Alternative[] {
  const alternatives = itself(term);
  if (term.phrase) return alternatives;
  const mayGoOn = term.last || term.ndoc < WHOLE;
  if (mayGoOn && term.plain.length >= SHORTEST_PREFIX + 2)
    alternatives.push({ query: `${term.plain}:*`, worth: PREFIX_WORTH });
  if (term.correction)
    alternatives.push(...itself(term.correction).map(({ query }) => ({ query, worth: CORRECTION_WORTH })));
  return alternatives;
}

const queryOf = (alternatives: readonly Alternative[]): string => either(alternatives.map(({ query }) => query));

/** Stop words ask for nothing beside other words; alone they are all there is to go by. */
function required(group: readonly QueryTerm[]): QueryTerm[] {
  const positive = group.filter((term) => !term.negated);
  const telling = positive.filter((term) => term.phrase || term.stemmed !== '');
  return telling.length > 0 ? telling : positive;
}

function scored(terms: readonly QueryTerm[], corpus: Corpus, ways: (term: QueryTerm) => Alternative[]): ScoredTerm[] {
  const docs = Math.max(corpus.docs, 1);
  return terms.map((term) => {
    const ndoc = Math.min(term.correction?.ndoc ?? term.ndoc, docs);
    return { alternatives: ways(term), idf: Math.log(1 + (docs - ndoc + 0.5) / (ndoc + 0.5)) };
  });
}

/** A stem and the words it stands for differ at the end: `librari`, `library`. */
function aboutOf(terms: readonly QueryTerm[]): string | null {
  const rarest = terms.toSorted((a, b) => a.ndoc - b.ndoc).at(0);
  const lexeme = /'([^']+)'/.exec(rarest?.correction?.stemmed || rarest?.stemmed || rarest?.plain || '')?.[1];
  return lexeme === undefined ? null : lexeme.slice(0, Math.max(4, lexeme.length - 1));
}

interface Shape {
  ways: (term: QueryTerm) => Alternative[];
  /** How a group's required terms are joined. */
  join: (terms: readonly QueryTerm[]) => string;
}

function build(groups: readonly QueryTerm[][], corpus: Corpus, shape: Shape): TextQuery {
  const matches = groups.map((group) => {
    const positive = required(group);
    const parts = positive.length > 0 ? [shape.join(positive)] : [];
    const negative = group.filter((term) => term.negated).map((term) => `! ${queryOf(itself(term))}`);
    return all([...parts, ...negative]);
  });
  const positive = groups.flatMap(required);
  return {
    match: matches.length === 1 ? matches[0] : matches.map((match) => `( ${match} )`).join(' | '),
    negates: groups.some((group) => group.some((term) => term.negated)),
    terms: scored(positive, corpus, shape.ways),
    about: aboutOf(positive),
    near:
      groups.length === 1 && positive.length > 1 ? all(positive.map((term) => term.stemmed || term.plain)) : undefined,
  };
}

/** Every required term of a group holds. */
export function strictQuery(groups: readonly QueryTerm[][], corpus: Corpus): TextQuery {
  const query = build(groups, corpus, {
    ways: itself,
    join: (terms) => all(terms.map((term) => queryOf(itself(term)))),
  });
  if (corpus.docs > 0 && groups.every((group) => required(group).length > 0))
    query.most = groups.reduce((sum, group) => sum + Math.min(...required(group).map((term) => term.ndoc)), 0);
  return query;
}

/** Every required term holds, corrected ones as they were probably meant. */
export function meantQuery(groups: readonly QueryTerm[][], corpus: Corpus): TextQuery {
  const meant = groups.map((group) => group.map((term) => ({ ...term, ...term.correction })));
  return strictQuery(meant, corpus);
}

/** Every required term holds, or a word it begins, or its correction. */
export const widenedQuery = (groups: readonly QueryTerm[][], corpus: Corpus): TextQuery =>
  build(groups, corpus, { ways: widened, join: (terms) => all(terms.map((term) => queryOf(widened(term)))) });

/** Any word is enough; phrases still hold. Undefined when that asks no less than {@link widenedQuery}. */
export function looseQuery(groups: readonly QueryTerm[][], corpus: Corpus): TextQuery | undefined {
  const ways = (term: QueryTerm): Alternative[] => widened(term).filter(({ worth }) => worth !== PREFIX_WORTH);
  const words = (terms: readonly QueryTerm[]): QueryTerm[] => terms.filter((term) => !term.phrase);
  if (groups.every((group) => words(required(group)).length < 2)) return undefined;
  return build(groups, corpus, {
    ways,
    join: (terms) => {
      const phrases = terms.filter((term) => term.phrase).map((term) => queryOf(itself(term)));
      const any = words(terms).flatMap(ways);
      return all([...phrases, ...(any.length > 0 ? [queryOf(any)] : [])]);
    },
  });
}
