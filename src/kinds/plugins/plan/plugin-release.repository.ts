import { Injectable } from '@nestjs/common';
import { visible } from '../../../entries/visibility.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** What of a plugin a plan needs to know. */
export interface ReleaseRow {
  id: string;
  uid: string;
  name: string;
  version: string;
  status: string;
  plugins: string[] | null;
  system: string[] | null;
  successor: string | null;
  /** `name@version` of the plugins it depends on as it is installed. */
  links: string[] | null;
}

/** In other states (`pending`, `archived`) nothing can be done with one. */
const USABLE = ['registered', 'installed', 'active', 'inactive', 'deprecated', 'failed'];

const COLUMNS = `e.id, e.uid, e.name, e.version, e.status, e.spec #> '{dependencies,plugins}' AS plugins,
  e.spec #> '{dependencies,system}' AS system, e.spec ->> 'successor' AS successor,
  (SELECT array_agg(d.name || '@' || d.version) FROM relationship r
   JOIN relationship_type t ON t.id = r.type AND t.name = 'depends_on'
   JOIN entry d ON d.id = r.target_id AND d.kind = 'plugin' WHERE r.source_id = e.id) AS links`;

@Injectable()
export class PluginReleaseRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Every version of these plugins that the caller may see and a plan may take. */
  named(names: readonly string[], most: number): Promise<ReleaseRow[]> {
    const values: unknown[] = [names, USABLE, most];
    return this.uow.query<ReleaseRow & object>(
      `SELECT ${COLUMNS} FROM entry e
       WHERE e.kind = 'plugin' AND e.name = ANY($1::text[]) AND e.status = ANY($2::text[]) AND ${visible('e.id', values)}
       LIMIT $3`,
      values,
    );
  }

  async get(id: string): Promise<ReleaseRow> {
    return (await this.uow.query<ReleaseRow & object>(`SELECT ${COLUMNS} FROM entry e WHERE e.id = $1`, [id]))[0];
  }
}
