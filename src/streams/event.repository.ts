import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CursorTooOldError } from './cursor-errors.js';
import type { EventPage, EventRow } from './event-row.js';

/** Channel on which the sequencer tells every replica the newest number. */
export const EVENTS_CHANNEL = 'ureg_events';

/** Most rows looked at for one page: bounds the time of a page that finds nothing of its types. */
const ROWS_SCANNED = 2000;
/** Bytes of a page's payloads as stored (compressed); a bigger row comes alone. */
const BYTES_READ = 512 * 1024;

const PAGE = `
  WITH scan AS (
    SELECT seq, span, type, entry_id, payload, at, actor FROM event WHERE seq > $1 ORDER BY seq LIMIT $4
  ), found AS (
    SELECT *, row_number() OVER (ORDER BY seq) AS place,
      sum(pg_column_size(payload)) OVER (ORDER BY seq) - pg_column_size(payload) AS before
    FROM scan WHERE $2::text[] IS NULL OR type LIKE ANY ($2)
  ), page AS (
    SELECT * FROM found WHERE place <= $3 AND before < ${BYTES_READ}
  )
  SELECT p.seq, p.span, p.type, p.entry_id, p.payload, p.at, p.actor, whole.*
  FROM (SELECT (SELECT floor FROM event_sequence) AS floor, (SELECT max(seq) FROM scan) AS scanned,
          (SELECT count(*) FROM scan) AS looked_at, (SELECT count(*) FROM found) AS found,
          (SELECT count(*) FROM page) AS taken, EXISTS (SELECT FROM entry_restriction) AS restricted) whole
  LEFT JOIN page p ON true
  ORDER BY p.seq`;

interface PageRow {
  seq: string | null;
  span: number;
  type: string;
  entry_id: string | null;
  payload: Record<string, unknown>;
  at: Date;
  actor: string;
  floor: string;
  scanned: string | null;
  looked_at: string;
  found: string;
  taken: string;
  restricted: boolean;
}

export interface Numbered {
  /** Newest number given by anyone. */
  head: number;
  /** Rows numbered by this call. */
  rows: number;
  /** Since when the next row has waited for its number. */
  waitingSince: Date | null;
}

/** Questions about the outbox and its numbers. */
@Injectable()
export class EventRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Numbers up to `batch` rows, all or none. Nothing when another replica is at it. */
  async number(batch: number): Promise<Numbered> {
    const [row] = await this.uow.query<{ head: string; numbered: number; waiting_since: Date | null }>(
      'SELECT head, numbered, waiting_since FROM event_number($1, $2)',
      [batch, this.uow.embedded ? null : EVENTS_CHANNEL],
      'event-number',
    );
    return { head: Number(row.head), rows: row.numbered, waitingSince: row.waiting_since };
  }

  /** The newest number, and the least position that still gets every later event. */
  async bounds(): Promise<{ head: number; floor: number }> {
    const [row] = await this.uow.query<{ seq: string; floor: string }>('SELECT seq, floor FROM event_sequence');
    return { head: Number(row.seq), floor: Number(row.floor) };
  }

  /**
   * The next rows after a position whose type is LIKE one of `types` (all when undefined), at most `limit`. Throws
   * CursorTooOldError when rows after the position were dropped already.
   */
  async page(after: number, types: readonly string[] | undefined, limit: number): Promise<EventPage> {
    const scanned = types ? ROWS_SCANNED : limit + 1;
    const rows = await this.uow.query<PageRow>(PAGE, [after, types ?? null, limit, scanned], 'event-page');
    const [first] = rows;
    if (after < Number(first.floor)) throw new CursorTooOldError(Number(first.floor));
    const found = first.seq === null ? [] : rows.map(toEventRow);
    const cut = Number(first.taken) < Number(first.found);
    const last = cut ? found.at(-1)?.seq : first.scanned;
    return {
      rows: found,
      upTo: Math.max(after, Number(last ?? after)),
      full: cut || Number(first.looked_at) === scanned,
      restricted: first.restricted,
    };
  }

  /** Who may read the restricted ones among these entries, gone ones too, by public id. */
  async restrictionsOf(uids: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.uow.query<{ uid: string; readers: string[] }>(
      'SELECT uid, readers FROM entry_restriction WHERE uid = ANY ($1::uuid[])',
      [uids],
      'event-restrictions',
    );
    return new Map(rows.map((row) => [row.uid, row.readers]));
  }
}

const toEventRow = (row: PageRow): EventRow => ({
  seq: Number(row.seq),
  span: row.span,
  type: row.type,
  entryId: row.entry_id,
  payload: row.payload,
  at: row.at,
  actor: row.actor,
});
