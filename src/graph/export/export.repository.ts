import { Injectable } from '@nestjs/common';
import { keyOf } from '../../entries/entry-key.js';
import { SUMMARY_COLUMNS, toSummaryResponse } from '../../entries/entry-response.js';
import type { SummaryResponse, SummaryRow } from '../../entries/entry-response.js';
import { endsVisible, visible } from '../../entries/visibility.js';
import type { Viewer } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { ExportedEdge } from './exported-graph.js';

const PAGE = 1_000;

/** The youngest entry that was read. */
interface Place {
  last: string;
}

interface EdgeRow {
  id: string;
  source_id: string;
  source_kind: string;
  source_name: string;
  source_version: string;
  target_id: string;
  target_kind: string;
  target_name: string;
  target_version: string;
  type: string;
  weight: number;
  bidirectional: boolean;
}

/** The whole graph that someone may see, page by page. The viewer is given: pages are read long after the request began. */
@Injectable()
export class ExportRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Relationships are read after the entries, and lead to no entry that came later. */
  whole(viewer: Viewer, typeIds: readonly number[] | undefined) {
    const place = { last: '0' };
    return { nodes: this.nodes(viewer, place), edges: this.edges(viewer, typeIds, place) };
  }

  private async *nodes(viewer: Viewer, place: Place): AsyncGenerator<SummaryResponse[]> {
    for (;;) {
      const values: unknown[] = [place.last];
      const rows = await this.uow.query<SummaryRow & object>(
        `SELECT ${SUMMARY_COLUMNS} FROM entry e WHERE e.id > $1 AND ${visible('e.id', values, viewer)} ORDER BY e.id LIMIT ${PAGE}`,
        values,
      );
      if (rows.length === 0) return;
      place.last = rows[rows.length - 1].id;
      yield rows.map(toSummaryResponse);
    }
  }

  private async *edges(
    viewer: Viewer,
    typeIds: readonly number[] | undefined,
    place: Place,
  ): AsyncGenerator<ExportedEdge[]> {
    for (let after = '0'; ;) {
      const values: unknown[] = [after, place.last];
      const types = typeIds ? ` AND r.type = ANY($${values.push(typeIds)}::smallint[])` : '';
      const rows = await this.uow.query<EdgeRow & object>(
        `SELECT r.id, s.uid AS source_id, s.kind AS source_kind, s.name AS source_name, s.version AS source_version,
           t.uid AS target_id, t.kind AS target_kind, t.name AS target_name, t.version AS target_version,
           y.name AS type, r.weight, r.bidirectional
         FROM (SELECT * FROM relationship r WHERE r.id > $1 AND r.source_id <= $2 AND r.target_id <= $2${types}
           AND ${endsVisible('r', values, viewer)} ORDER BY r.id LIMIT ${PAGE}) r
         JOIN entry s ON s.id = r.source_id JOIN entry t ON t.id = r.target_id JOIN relationship_type y ON y.id = r.type
         ORDER BY r.id`,
        values,
      );
      if (rows.length > 0) yield rows.map(edgeOf);
      if (rows.length < PAGE) return;
      after = rows[rows.length - 1].id;
    }
  }
}

const edgeOf = (row: EdgeRow): ExportedEdge => ({
  id: row.id,
  source_id: row.source_id,
  target_id: row.target_id,
  source_key: keyOf(row.source_kind, row.source_name, row.source_version),
  target_key: keyOf(row.target_kind, row.target_name, row.target_version),
  type: row.type,
  weight: row.weight,
  bidirectional: row.bidirectional,
});
