import { Injectable } from '@nestjs/common';
import { visible } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface NamedRow {
  id: string;
  uid: string;
  kind: string;
  name: string;
  version: string;
}

/** So many kinds and versions of one name are looked at. */
const MOST_OF_A_NAME = 50;

@Injectable()
export class CatalogNamesRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Entries of these names that the caller may see. */
  named(names: readonly string[]): Promise<NamedRow[]> {
    const values: unknown[] = [names, MOST_OF_A_NAME];
    return this.uow.query<NamedRow & object>(
      `SELECT e.id, e.uid, e.kind, e.name, e.version FROM unnest($1::text[]) AS n (name)
       CROSS JOIN LATERAL (
         SELECT id, uid, kind, name, version FROM entry e WHERE e.name = n.name AND ${visible('e.id', values)} ORDER BY id LIMIT $2
       ) e`,
      values,
    );
  }
}
