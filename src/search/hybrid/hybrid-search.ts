import { Injectable } from '@nestjs/common';
import type { EntryFilter } from '../../entries/entry-filter.js';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import { parseQuery } from '../query/query-syntax.js';
import { wordless } from '../search-leg.js';
import type { LegAnswer, LegHit, SearchQuestion } from '../search-leg.js';
import { TextLeg } from '../text/text-leg.js';
import { CandidateRepository } from './candidate.repository.js';
import { fuse } from './fusion.js';
import type { Candidate, FusedCandidate, Fusion, Weights } from './fusion.js';
import { demandsWords, plainText, QuestionVectors } from './question-vector.js';
import type { QuestionVector } from './question-vector.js';

/** What each leg puts forward, whatever page is asked for: so every page is cut from the same order. */
const CANDIDATES = 100;
/** With so many entries that have all the words, guesses are left to meaning. */
const ENOUGH = 10;

export interface HybridQuestion extends SearchQuestion {
  vector: QuestionVector;
  /** The vector is the caller's own: a corrected query does not change it. */
  given: boolean;
  fusion: Fusion;
  weights: Weights;
}

/**
 * Words and meaning together: the best hundred of each, in one order; behind them what else the words find, in theirs. Of
 * what only meaning finds, nothing is answered that is no nearer than chance.
 */
@Injectable()
export class HybridSearch {
  constructor(
    private readonly text: TextLeg,
    private readonly vectors: VectorSearch,
    private readonly questions: QuestionVectors,
    private readonly candidates: CandidateRepository,
  ) {}

  /** Undefined when the vector's index is not searched any more. */
  async find(question: HybridQuestion): Promise<LegAnswer | undefined> {
    const { groups, filter, limit, offset } = question;
    const wordsOnly = demandsWords(groups);
    const nearTo = async (vector: QuestionVector) =>
      wordsOnly ? new Map<string, number>() : this.near(vector, filter);
    // At once, for each takes as long as the other; that a word was mistyped is seldom found out.
    const [words, asAsked] = await Promise.all([
      this.text.find({ groups, filter, limit: CANDIDATES, offset: 0, enough: ENOUGH }),
      nearTo(question.vector),
    ]);
    const vector = await this.meant(question, words.corrected);
    const near = vector === question.vector ? asAsked : await nearTo(vector);
    if (!near) return undefined;
    const fused = await this.fused(words.hits, near, { ...question, vector });
    const page = fused.slice(offset, offset + limit + 1).map((found) => hitOf(found, near));
    const missing = limit + 1 - page.length;
    if (missing > 0 && words.more) page.push(...(await this.tail(question, words.hits, fused, missing)));
    return { hits: page.slice(0, limit), more: page.length > limit, corrected: words.corrected };
  }

  /** A mistyped word means what it was probably meant to be. */
  private async meant({ vector, given }: HybridQuestion, corrected: string | null): Promise<QuestionVector> {
    if (given || corrected === null) return vector;
    const better = await this.questions.of(plainText(parseQuery(corrected)));
    return typeof better === 'string' || better.model !== vector.model ? vector : better;
  }

  private async near({ model, values, floor }: QuestionVector, filter: EntryFilter) {
    const found = await this.vectors.nearest(values, { limit: CANDIDATES, filter, model });
    return (
      found && new Map(found.filter(({ similarity }) => similarity > floor).map((one) => [one.id, one.similarity]))
    );
  }

  private async fused(
    hits: readonly LegHit[],
    near: Map<string, number>,
    { vector, fusion, weights }: HybridQuestion,
  ): Promise<FusedCandidate[]> {
    const byId = new Map(hits.map((hit) => [hit.id, hit]));
    const others = [...byId.keys()].filter((id) => !near.has(id));
    for (const [id, similarity] of await this.vectors.similarities(vector, others)) near.set(id, similarity);
    const ids = [...new Set([...byId.keys(), ...near.keys()])];
    const popularity = await this.candidates.popularity(ids);
    const candidates = ids.flatMap<Candidate>((id) => {
      const popular = popularity.get(id);
      return popular === undefined ? [] : [{ id, hit: byId.get(id), similarity: near.get(id), popularity: popular }];
    });
    return fuse(candidates, { fusion, weights, floor: vector.floor });
  }

  /** What the words find behind their candidates, less what meaning has found already. */
  private async tail(
    { groups, filter, offset }: HybridQuestion,
    hits: readonly LegHit[],
    fused: readonly FusedCandidate[],
    missing: number,
  ): Promise<LegHit[]> {
    const skipped = Math.max(0, offset - fused.length);
    const answered = new Set(fused.map(({ candidate }) => candidate.id));
    const reach = skipped + missing + (fused.length - hits.length);
    const rest = await this.text.find({ groups, filter, limit: reach, offset: hits.length });
    const lowest = fused.at(-1)?.score ?? 1;
    return rest.hits
      .filter(({ id }) => !answered.has(id))
      .slice(skipped, skipped + missing)
      .map((hit) => ({ ...hit, score: Math.min(hit.score, lowest) }));
  }
}

function hitOf({ candidate, score, filters }: FusedCandidate, near: ReadonlyMap<string, number>): LegHit {
  const vector = near.get(candidate.id) ?? null;
  return { ...(candidate.hit ?? wordless(candidate.id)), score, vector, filters };
}
