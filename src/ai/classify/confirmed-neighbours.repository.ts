import { Injectable } from '@nestjs/common';
import type { Neighbour } from '../../entries/vectors/vector-search.js';
import { visible } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface NeighbourRow {
  /** Inside id. */
  id: string;
  uid: string;
  kind: string;
  name: string;
  version: string;
  title: string | null;
  feature: string | null;
  /** Whether somebody gave it its feature, rather than the service itself. */
  confirmed: boolean;
}

export interface ConfirmedNeighbour extends NeighbourRow {
  similarity: number;
}

@Injectable()
export class ConfirmedNeighboursRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Neighbours with what they are, nearest first, as far as the caller may see them. */
  async of(neighbours: readonly Neighbour[]): Promise<ConfirmedNeighbour[]> {
    const values: unknown[] = [neighbours.map(({ id }) => id)];
    const rows = await this.uow.query<NeighbourRow & object>(
      `SELECT e.id, e.uid, e.kind, e.name, e.version, e.title, e.feature,
         (e.feature IS NOT NULL AND NOT EXISTS (
           SELECT FROM entry_classification c WHERE c.entry_id = e.id AND c.feature = e.feature)) AS confirmed
       FROM entry e WHERE e.id = ANY($1::bigint[]) AND ${visible('e.id', values)}`,
      values,
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return neighbours.flatMap(({ id, similarity }) => {
      const row = byId.get(id);
      return row ? [{ ...row, similarity }] : [];
    });
  }
}
