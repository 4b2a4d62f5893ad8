import { Injectable } from '@nestjs/common';
import type { EntryFilter } from '../../entries/entry-filter.js';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import type { Neighbour } from '../../entries/vectors/vector-search.js';
import { wordless } from '../search-leg.js';
import type { LegAnswer } from '../search-leg.js';
import type { QuestionVector } from './question-vector.js';

/** So far the graph is asked, for every page alike; what lies deeper is measured one and all. */
const WALKED = 200;

/** Entries by nearness in meaning alone; all of the filter can be paged to. */
@Injectable()
export class VectorLeg {
  constructor(private readonly vectors: VectorSearch) {}

  /** Undefined when the vector's index is not searched any more. */
  async find(
    { model, values }: QuestionVector,
    { filter, limit, offset }: { filter: EntryFilter; limit: number; offset: number },
  ): Promise<LegAnswer | undefined> {
    const walked = await this.vectors.nearest(values, { limit: WALKED, filter, model });
    if (!walked) return undefined;
    const end = offset + limit + 1;
    const deeper =
      walked.length < WALKED || end <= WALKED
        ? []
        : await this.vectors.nearest(values, {
            limit: end - WALKED,
            filter,
            model,
            exact: true,
            without: walked.map(({ id }) => id),
          });
    if (!deeper) return undefined;
    const page = [...walked, ...deeper].slice(offset, end).map(hitOf);
    return { hits: page.slice(0, limit), more: page.length > limit, corrected: null };
  }
}

const hitOf = ({ id, similarity }: Neighbour) =>
  wordless(id, { score: Math.max(0, Math.round(similarity * 1e6) / 1e6), vector: similarity });
