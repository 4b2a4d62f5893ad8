import { Injectable } from '@nestjs/common';
import { toEntryResponse } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import { RelationshipRepository } from '../relationships/relationship.repository.js';
import { toRelationshipResponse } from '../relationships/relationship-response.js';
import type { Inclusion } from './entry-query.dto.js';

/** Most relationships answered inside an entry; the rest is at `/entities/{id}/relationships`. */
const MOST_RELATIONSHIPS = 1000;

/** What `?include=` adds to an entry. */
@Injectable()
export class EntryInclusions {
  constructor(private readonly relationships: RelationshipRepository) {}

  async of(row: EntryRow, include: readonly Inclusion[]) {
    const answer: ReturnType<typeof toEntryResponse> & { relationships?: object[]; embedding?: null } =
      toEntryResponse(row);
    if (include.includes('relationships')) {
      const edges = await this.relationships.list({ entryId: row.id }, { limit: MOST_RELATIONSHIPS, offset: 0 });
      answer.relationships = edges.map(toRelationshipResponse);
    }
    // An entry that no model has seen has none.
    if (include.includes('embedding')) answer.embedding = null;
    return answer;
  }
}
