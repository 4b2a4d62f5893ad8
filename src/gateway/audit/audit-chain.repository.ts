import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { ChainPlace } from './audit-checkpoints.js';

/** A place of the chain as it stands, beside what it should be. */
export interface ChainLink {
  seq: number;
  auditId: string;
  hash: Buffer;
  /** The hash of the row's columns behind the hash that stands before. */
  expected: Buffer;
  /** The place before is there. */
  follows: boolean;
  /** There is no such row. */
  missing: boolean;
  /** The row stands where the order of rows puts it. */
  ordered: boolean;
  /** It would hold if the place before had the hash it should have. */
  holdsOtherwise: boolean;
  /** The signature of this place, where there is one. */
  mac: string | null;
}

/** Rows in the order of their ids, and those of them that have no place. */
export interface UnsealedPage {
  last: string | null;
  unsealed: number;
  oldestSeconds: number | null;
  /** Those that should have a place by now. */
  late: string[];
}

const LINKS = `
  WITH page AS MATERIALIZED (
    SELECT s.seq, s.audit_id, s.hash FROM audit_seal s WHERE s.seq > $1 AND s.seq <= $2 ORDER BY s.seq LIMIT $3
  ), linked AS MATERIALIZED (
    SELECT p.*, a.id IS NULL AS missing, convert_to(audit_text(a), 'UTF8') AS content, c.mac,
      p.seq = coalesce(lag(p.seq) OVER w, $1) + 1 AS follows, coalesce(lag(p.hash) OVER w, $4) AS former,
      coalesce((a.xid, a.id) > (lag(a.xid) OVER w, lag(a.id) OVER w), true) AS ordered
    FROM page p LEFT JOIN audit a ON a.id = p.audit_id LEFT JOIN audit_checkpoint c ON c.seq = p.seq
    WINDOW w AS (ORDER BY p.seq)
  ), hashed AS MATERIALIZED (
    SELECT *, sha256(former || content) AS expected FROM linked
  )
  SELECT seq, audit_id, hash, expected, follows, missing, ordered, mac,
    hash = sha256(coalesce(lag(expected) OVER (ORDER BY seq), $5) || content) AS otherwise
  FROM hashed ORDER BY seq`;

/** A row has its time: a minute, or as long as its transaction may still be preceded. A time to come is none. */
const LATE = `
  NOT (a.at BETWEEN clock_timestamp() - make_interval(secs => $3) AND clock_timestamp() + interval '5 s')
  AND NOT (a.xid >= pg_snapshot_xmin(now) AND a.xid < pg_snapshot_xmax(now))`;

const UNSEALED = `
  SELECT max(p.id) AS last, count(*) FILTER (WHERE p.unsealed) AS unsealed,
    extract(epoch FROM clock_timestamp() - min(p.at) FILTER (WHERE p.unsealed))::float8 AS oldest,
    coalesce(array_agg(p.id ORDER BY p.id) FILTER (WHERE p.unsealed AND p.late), '{}') AS late
  FROM (
    SELECT a.id, a.at, (SELECT s.seq FROM audit_seal s WHERE s.audit_id = a.id) IS NULL AS unsealed, ${LATE} AS late
    FROM (SELECT id, at, xid FROM audit WHERE id > $1 ORDER BY id LIMIT $2) a, pg_current_snapshot() AS now
  ) p`;

interface LinkRow {
  seq: string;
  audit_id: string;
  hash: Buffer;
  expected: Buffer;
  follows: boolean;
  missing: boolean;
  ordered: boolean;
  otherwise: boolean;
  mac: string | null;
}

const linkOf = ({ seq, audit_id: auditId, otherwise, ...row }: LinkRow): ChainLink => ({
  ...row,
  seq: Number(seq),
  auditId,
  holdsOtherwise: otherwise,
});

/** Questions about the chain over the audit trail. */
@Injectable()
export class AuditChainRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Where the chain ends, by the row that the sealer goes by, and the last place that is signed. */
  async head(): Promise<{ end: ChainPlace; signedTo: number | null }> {
    const [row] = await this.uow.query<{ seq: string; hash: Buffer; signed: string | null }>(
      'SELECT seq, hash, (SELECT max(c.seq) FROM audit_checkpoint c) AS signed FROM audit_head',
    );
    return { end: { seq: Number(row.seq), hash: row.hash }, signedTo: row.signed === null ? null : Number(row.signed) };
  }

  async find(seq: number): Promise<{ hash: Buffer; auditId: string } | undefined> {
    const [row] = await this.uow.query<{ hash: Buffer; audit_id: string }>(
      'SELECT hash, audit_id FROM audit_seal WHERE seq = $1',
      [seq],
    );
    return row && { hash: row.hash, auditId: row.audit_id };
  }

  /** The places behind `after`, none behind `end`. `expected` is what the hash of `after` should be. */
  async links(after: ChainPlace, expected: Buffer, end: number, limit: number): Promise<ChainLink[]> {
    const values = [after.seq, end, limit, after.hash, expected];
    return (await this.interpreted<LinkRow & object>(LINKS, values)).map(linkOf);
  }

  /** Rows behind the id `after`; one has `seconds` to find its place. */
  async unsealed(after: string, limit: number, seconds: number): Promise<UnsealedPage> {
    const [row] = await this.interpreted<{
      last: string | null;
      unsealed: string;
      oldest: number | null;
      late: string[];
    }>(UNSEALED, [after, limit, seconds]);
    return { last: row.last, unsealed: Number(row.unsealed), oldestSeconds: row.oldest, late: row.late };
  }

  /** Compiling a page's statement (JIT) takes longer than running it. */
  private interpreted<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return this.uow.run(async () => {
      await this.uow.query('SET LOCAL jit = off');
      return this.uow.query<Row>(sql, values);
    });
  }
}
