import { Injectable } from '@nestjs/common';
import { currentViewer } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { GraphScope } from './graph-scope.js';
import type { GraphVersion } from './graph-version.js';

/** Rows travel as one binary text a page: an object a row would be most of the time and memory of loading. */
const PAGE = 50_000;
const BYTES_PER_ENTRY = 8;
const BYTES_PER_RELATIONSHIP = 19;

const ALL: GraphScope = { name: 'all', restrictions: 'none' };
const RESTRICTED = 'FROM entry_restriction x JOIN entry e ON e.id = x.entry_id';
const MARK = `count(*) || ':' || coalesce(bit_xor(hashint8(x.entry_id)), 0)`;

/** Where a page of relationships ended, in the order of their unique index. */
interface Place {
  source: number;
  type: number;
  target: number;
}

const PACKED = 'int8send(source_id) || int8send(target_id) || int2send(type) || boolsend(bidirectional)';
const CHANGES = [
  'entity_created',
  'entity_deleted',
  'relationship_created',
  'relationship_updated',
  'relationship_deleted',
];

/** Inside ids of entries. */
export interface GraphChanges {
  added: Set<number>;
  removed: Set<number>;
  /** Their relationships are others by now. */
  changed: Set<number>;
}

export interface RelationshipPage {
  sources: Float64Array;
  targets: Float64Array;
  types: Uint16Array;
  bidirectional: Uint8Array;
}

/** The whole catalog as a graph, page by page; no page holds others up, not even on the embedded database. */
@Injectable()
export class StoredGraphRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async version(): Promise<GraphVersion> {
    const [row] = await this.uow.query<Record<keyof GraphVersion, string>>(
      `SELECT (SELECT coalesce(sum(n), 0) FROM relationship_change) AS changes,
         (SELECT coalesce(sum(n), 0) FROM entry_count) AS entries,
         (SELECT coalesce(sum(n), 0) FROM relationship_count) AS relationships`,
      [],
      'graph-version',
    );
    return {
      changes: Number(row.changes),
      entries: Number(row.entries),
      relationships: Number(row.relationships),
    };
  }

  /** Of the running request's caller. */
  async scope(): Promise<GraphScope> {
    const viewer = currentViewer();
    if (viewer === undefined) return ALL;
    const [{ hidden, mark }] = await this.uow.query<{ hidden: boolean; mark: string }>(
      `SELECT coalesce(bool_or(NOT x.readers && $1::text[]), false) AS hidden, ${MARK} AS mark ${RESTRICTED}`,
      [viewer],
      'graph-scope',
    );
    return hidden ? { name: 'open', restrictions: mark } : ALL;
  }

  /** What is not in the open graph, rising, and the mark of just that. */
  async restricted(): Promise<{ ids: Float64Array; restrictions: string }> {
    const [{ ids, mark }] = await this.uow.query<{ ids: string | null; mark: string }>(
      `SELECT string_agg(x.entry_id::text, ',' ORDER BY x.entry_id) AS ids, ${MARK} AS mark ${RESTRICTED}`,
      [],
      'graph-restricted',
    );
    return { ids: ids === null ? new Float64Array() : Float64Array.from(ids.split(','), Number), restrictions: mark };
  }

  /** Inside ids of all entries, rising. */
  async *entries(): AsyncGenerator<Float64Array> {
    let after = 0;
    for (;;) {
      const page = await this.page(
        'entry-ids',
        `SELECT string_agg(int8send(id), ''::bytea) AS page FROM
         (SELECT id FROM entry WHERE id > $1 ORDER BY id LIMIT ${PAGE}) e`,
        [after],
      );
      const ids = new Float64Array(page.length / BYTES_PER_ENTRY);
      for (let i = 0; i < ids.length; i++) ids[i] = bigint(page, i * BYTES_PER_ENTRY);
      if (ids.length > 0) yield ids;
      if (ids.length < PAGE) return;
      after = ids[ids.length - 1];
    }
  }

  /** All relationships, by source. */
  async *relationships(): AsyncGenerator<RelationshipPage> {
    let after: Place = { source: 0, type: 0, target: 0 };
    for (;;) {
      const page = await this.page(
        'relationships',
        `SELECT string_agg(${PACKED}, ''::bytea) AS page
         FROM (SELECT source_id, target_id, type, bidirectional FROM relationship
           WHERE (source_id, type, target_id) > ($1, $2, $3) ORDER BY source_id, type, target_id LIMIT ${PAGE}) r`,
        [after.source, after.type, after.target],
      );
      const rows = unpacked(page);
      const last = rows.sources.length - 1;
      if (last >= 0) yield rows;
      if (last + 1 < PAGE) return;
      after = { source: rows.sources[last], type: rows.types[last], target: rows.targets[last] };
    }
  }

  /** How far the numbered events reach, and from which number on they are all there. */
  async eventPlace(): Promise<{ seq: number; floor: number }> {
    const [row] = await this.uow.query<{ seq: string; floor: string }>('SELECT seq, floor FROM event_sequence');
    return { seq: Number(row.seq), floor: Number(row.floor) };
  }

  /**
   * What events tell since a place, those that have no number yet included; undefined where they are more than `most`. An
   * event may be told that was heard of before.
   */
  async changesSince(seq: number, most: number): Promise<GraphChanges | undefined> {
    const rows = await this.uow.query<{ what: 'added' | 'removed' | 'changed' | 'more'; id: string | null }>(
      `WITH told AS MATERIALIZED (
         SELECT type, entry_id, payload FROM event WHERE (seq > $1 OR seq IS NULL) AND type = ANY($2::text[]) LIMIT $3
       )
       SELECT 'added' AS what, e.id FROM told t JOIN entry e ON e.id = t.entry_id WHERE t.type = 'entity_created'
       UNION ALL SELECT 'removed', t.entry_id FROM told t WHERE t.type = 'entity_deleted'
       UNION ALL SELECT 'changed', e.id FROM (
         SELECT DISTINCT (r ->> 'source_id')::uuid AS uid FROM told t, jsonb_array_elements(t.payload -> 'relationships') r
       ) s JOIN entry e ON e.uid = s.uid
       UNION ALL SELECT 'more', NULL WHERE (SELECT count(*) FROM told) = $3`,
      [seq, CHANGES, most + 1],
    );
    if (rows.some(({ what }) => what === 'more')) return undefined;
    const ids = (kind: string): Set<number> =>
      new Set(rows.flatMap(({ what, id }) => (what === kind ? [Number(id)] : [])));
    return { added: ids('added'), removed: ids('removed'), changed: ids('changed') };
  }

  /** All relationships of these sources, by source. */
  async relationshipsOf(sources: readonly number[]): Promise<RelationshipPage> {
    return unpacked(
      await this.page(
        'relationships-of',
        `SELECT string_agg(${PACKED}, ''::bytea) AS page
         FROM (SELECT r.* FROM unnest($1::bigint[]) u(n) JOIN relationship r ON r.source_id = u.n ORDER BY r.source_id) r`,
        [sources],
      ),
    );
  }

  private async page(name: string, sql: string, values: unknown[]): Promise<Buffer> {
    const [{ page }] = await this.uow.query<{ page: Buffer | null }>(sql, values, `graph-load-${name}`);
    return page ?? Buffer.alloc(0);
  }
}

/** Inside ids stay far below 2^53. */
const bigint = (page: Buffer, at: number): number => page.readUInt32BE(at) * 2 ** 32 + page.readUInt32BE(at + 4);

function unpacked(page: Buffer): RelationshipPage {
  const size = page.length / BYTES_PER_RELATIONSHIP;
  const rows = {
    sources: new Float64Array(size),
    targets: new Float64Array(size),
    types: new Uint16Array(size),
    bidirectional: new Uint8Array(size),
  };
  for (let i = 0, at = 0; i < size; i++, at += BYTES_PER_RELATIONSHIP) {
    rows.sources[i] = bigint(page, at);
    rows.targets[i] = bigint(page, at + 8);
    rows.types[i] = page.readUInt16BE(at + 16);
    rows.bidirectional[i] = page[at + 18];
  }
  return rows;
}
