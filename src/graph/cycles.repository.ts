import { Injectable } from '@nestjs/common';
import { endsVisible } from '../entries/visibility.js';
import type { Viewer } from '../entries/visibility.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { ImpossibleError } from '../platform/errors/registry-error.js';
import { CsrBuilder } from './engine/csr.js';
import type { Csr } from './engine/csr.js';
import { CYCLES } from './graph-limits.js';

const PAGE = 20_000;

interface Edge {
  s: string;
  t: string;
  b: boolean;
}

/** The relationships of some types as a graph in memory. */
@Injectable()
export class CyclesRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Moves with every committed change of relationships. */
  async changeMark(): Promise<string> {
    const [{ n }] = await this.uow.query<{ n: string }>('SELECT coalesce(sum(n), 0) AS n FROM relationship_change');
    return n;
  }

  /** Whether anything is hidden from this viewer. */
  async hidesFrom(viewer: readonly string[]): Promise<boolean> {
    const sql = 'SELECT 1 FROM entry_restriction WHERE NOT readers && $1::text[] LIMIT 1';
    return (await this.uow.query(sql, [viewer], 'graph-hides')).length > 0;
  }

  /**
   * All relationships of these types that the viewer may see, as of one moment: a cursor sees one snapshot, however many pages it is read in, so
   * no cycle is made up of relationships that never were there together.
   * @throws ImpossibleError `graph.too_large`
   */
  load(typeIds: readonly number[], viewer: Viewer): Promise<Csr> {
    return this.uow.run(async () => {
      const builder = new CsrBuilder();
      const values: unknown[] = [typeIds];
      await this.uow.query(
        `DECLARE graph_edges NO SCROLL CURSOR FOR
         SELECT source_id AS s, target_id AS t, bidirectional AS b FROM relationship r
         WHERE type = ANY($1::smallint[]) AND ${endsVisible('r', values, viewer)}`,
        values,
      );
      let page: Edge[];
      do {
        page = await this.uow.query<Edge & object>(`FETCH ${PAGE} FROM graph_edges`);
        for (const { s, t, b } of page) {
          builder.add(Number(s), Number(t));
          if (b) builder.add(Number(t), Number(s));
        }
        if (builder.edges > CYCLES.edges)
          throw new ImpossibleError(
            'graph.too_large',
            `More than ${CYCLES.edges} relationships are of these types; name fewer.`,
          );
      } while (page.length === PAGE);
      await this.uow.query('CLOSE graph_edges');
      return builder.build();
    });
  }
}
