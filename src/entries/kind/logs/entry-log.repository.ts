import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { MOST_LINES } from './entry-log.dto.js';
import type { LogLevel } from './entry-log.dto.js';

export interface LogRow {
  id: string;
  at: Date;
  level: LogLevel;
  message: string;
  fields: Record<string, unknown> | null;
}

export type NewLogLine = Pick<LogRow, 'level' | 'message' | 'fields'> & { at: Date | null };

export interface LogFilter {
  level?: readonly LogLevel[];
  since?: Date;
  /** Held by the message or the fields, in whatever case. */
  text?: string;
  limit: number;
}

@Injectable()
export class EntryLogRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Adds lines and drops what is over the number kept. In a transaction. */
  async append(entryId: string, lines: readonly NewLogLine[]): Promise<void> {
    // Two writers that do not see each other's lines would each leave too many.
    await this.uow.query(`SELECT pg_advisory_xact_lock(hashtextextended('entry_log ' || $1::text, 0))`, [entryId]);
    await this.uow.query(
      `INSERT INTO entry_log (entry_id, at, level, message, fields)
       SELECT $1, coalesce(l.at, clock_timestamp()), l.level, l.message, l.fields
       FROM ROWS FROM (json_to_recordset($2::json) AS (at timestamptz, level text, message text, fields jsonb))
         WITH ORDINALITY AS l (at, level, message, fields, n) ORDER BY l.n`,
      [entryId, JSON.stringify(lines)],
      'entry-log-append',
    );
    await this.uow.query(
      `DELETE FROM entry_log WHERE entry_id = $1
         AND id <= (SELECT id FROM entry_log WHERE entry_id = $1 ORDER BY id DESC OFFSET ${MOST_LINES} LIMIT 1)`,
      [entryId],
      'entry-log-trim',
    );
  }

  /** Newest first. */
  list(entryId: string, { level, since, text, limit }: LogFilter): Promise<LogRow[]> {
    return this.uow.query<LogRow & object>(
      `SELECT id, at, level, message, fields FROM entry_log
       WHERE entry_id = $1 AND ($2::text[] IS NULL OR level = ANY ($2)) AND ($3::timestamptz IS NULL OR at >= $3)
         AND ($4::text IS NULL OR strpos(lower(message), lower($4)) > 0 OR strpos(lower(fields::text), lower($4)) > 0)
       ORDER BY at DESC, id DESC LIMIT $5`,
      [entryId, level ?? null, since ?? null, text ?? null, limit],
      'entry-log-list',
    );
  }
}
