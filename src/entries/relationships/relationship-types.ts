import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ImpossibleError } from '../../platform/errors/registry-error.js';

export const RELATIONSHIP_TYPE_PATTERN = /^[a-z][a-z0-9_]{0,99}$/;

/** More kinds of relationship than that are somebody's mistake, and the id is a smallint. */
const MOST_TYPES = 5_000;

/** Relationship types by name. They are never removed, so what was read once holds. */
@Injectable()
export class RelationshipTypes {
  private readonly known = new Map<string, number>();

  constructor(private readonly uow: UnitOfWork) {}

  /** Ids of the types there are; unknown names are absent. */
  async find(names: Iterable<string>): Promise<Map<string, number>> {
    const wanted = [...new Set(names)];
    const unknown = wanted.filter((name) => !this.known.has(name));
    if (unknown.length > 0) {
      const rows = await this.uow.query<{ id: number; name: string }>(
        'SELECT id, name FROM relationship_type WHERE name = ANY($1::text[])',
        [unknown],
      );
      // A type made in a transaction still open may be rolled back with it.
      if (this.uow.inTransaction) return this.joined(wanted, rows);
      for (const row of rows) this.known.set(row.name, row.id);
    }
    return this.joined(wanted, []);
  }

  /** Ids of these types, made where they are new. @throws ImpossibleError `relationship.too_many_types` */
  async ensure(names: Iterable<string>): Promise<Map<string, number>> {
    const found = await this.find(names);
    const missing = [...new Set(names)].filter((name) => !found.has(name)).toSorted();
    if (missing.length === 0) return found;
    const [{ n }] = await this.uow.query<{ n: string }>('SELECT count(*) AS n FROM relationship_type');
    if (Number(n) + missing.length > MOST_TYPES)
      throw new ImpossibleError(
        'relationship.too_many_types',
        `There are ${n} relationship types; the limit is ${MOST_TYPES}.`,
      );
    await this.uow.query(
      'INSERT INTO relationship_type (name) SELECT unnest($1::text[]) ON CONFLICT ON CONSTRAINT relationship_type_name_key DO NOTHING',
      [missing],
    );
    return this.find(names);
  }

  private joined(wanted: string[], rows: { id: number; name: string }[]): Map<string, number> {
    const result = new Map(rows.map((row) => [row.name, row.id]));
    for (const name of wanted) {
      const id = this.known.get(name);
      if (id !== undefined) result.set(name, id);
    }
    return result;
  }
}
