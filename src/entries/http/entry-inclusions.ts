import { Injectable } from '@nestjs/common';
import { toEntryResponse } from '../entry-response.js';
import type { EntryResponse, EntryRow } from '../entry-response.js';
import { RelationshipRepository } from '../relationships/relationship.repository.js';
import { toRelationshipResponse } from '../relationships/relationship-response.js';
import { VectorSearch } from '../vectors/vector-search.js';
import type { Inclusion } from './entry-query.dto.js';

/** Most relationships answered inside an entry; the rest is at `/entities/{id}/relationships`. */
const MOST_RELATIONSHIPS = 1000;

/** What `?include=` adds to an entry. */
@Injectable()
export class EntryInclusions {
  constructor(
    private readonly relationships: RelationshipRepository,
    private readonly vectors: VectorSearch,
  ) {}

  async of(row: EntryRow, include: readonly Inclusion[]) {
    const answer: EntryResponse & { relationships?: object[]; embedding?: { model: string; values: number[] } | null } =
      toEntryResponse(row);
    if (include.includes('relationships')) {
      const edges = await this.relationships.list({ entryId: row.id }, { limit: MOST_RELATIONSHIPS, offset: 0 });
      answer.relationships = edges.map(toRelationshipResponse);
    }
    if (include.includes('embedding')) {
      // An entry that no model has seen has none.
      const vector = await this.vectors.vectorOfEntry(row.id);
      answer.embedding = vector ? { model: vector.model, values: [...vector.values] } : null;
    }
    return answer;
  }
}
