import { Injectable } from '@nestjs/common';
import { visible } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface TaggedRow {
  id: string;
  tags: string[];
}

@Injectable()
export class NeighbourTagsRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The tags of entries (inside ids), as far as the caller may see them. */
  of(ids: readonly string[]): Promise<TaggedRow[]> {
    const values: unknown[] = [ids];
    return this.uow.query<TaggedRow & object>(
      `SELECT e.id, e.tags FROM entry e WHERE e.id = ANY($1::bigint[]) AND ${visible('e.id', values)}`,
      values,
    );
  }
}
