import type { PGlite } from '@electric-sql/pglite';
import type { Multiplexer } from './multiplexer.js';

const CHECKPOINT_BYTES = 64 * 1024 ** 2;
const CHECKPOINT_MS = 300_000;

interface Task {
  sql: string;
}

/** PostgreSQL's own rules for autovacuum and autoanalyze, at their default settings. */
const DUE = `
  SELECT format('VACUUM (ANALYZE) %I.%I', s.schemaname, s.relname) AS sql FROM pg_stat_user_tables s
    JOIN pg_class c ON c.oid = s.relid
   WHERE s.n_dead_tup > 50 + 0.2 * c.reltuples OR s.n_ins_since_vacuum > 1000 + 0.2 * greatest(c.reltuples, 0)
  UNION ALL
  SELECT format('ANALYZE %I.%I', s.schemaname, s.relname) FROM pg_stat_user_tables s
    JOIN pg_class c ON c.oid = s.relid
   WHERE s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
     AND NOT (s.n_dead_tup > 50 + 0.2 * c.reltuples OR s.n_ins_since_vacuum > 1000 + 0.2 * greatest(c.reltuples, 0))`;

/**
 * What PostgreSQL's background processes do and a single-user one leaves undone: checkpoints, without which the log
 * grows for ever, and vacuum and analyze, without which tables bloat and plans are guesses.
 */
export class Upkeep {
  private timer: NodeJS.Timeout | undefined;
  private checkpointAt = Date.now();
  private running = false;

  /** `working` hears when it begins and ends something that may last. */
  constructor(
    private readonly db: PGlite,
    private readonly multiplexer: Multiplexer,
    private readonly working: (on: boolean) => void,
  ) {}

  start(everyMs: number): void {
    this.timer = setInterval(() => void this.look(), everyMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      for (const sql of await this.due()) await this.multiplexer.exclusive(() => this.work(sql));
    } catch (error) {
      // A table dropped meanwhile, say. What is still due is found again.
      process.stderr.write(`Upkeep of the embedded PostgreSQL: ${String(error)}\n`);
    } finally {
      this.running = false;
    }
  }

  private async work(sql: string): Promise<void> {
    this.working(true);
    try {
      await this.db.exec(sql);
    } finally {
      this.working(false);
    }
  }

  private async due(): Promise<string[]> {
    let tasks: string[] = [];
    await this.multiplexer.exclusive(async () => {
      const log = await this.db.query<{ bytes: number }>(
        'SELECT (pg_current_wal_insert_lsn() - redo_lsn)::float8 AS bytes FROM pg_control_checkpoint()',
      );
      const late = Date.now() - this.checkpointAt > CHECKPOINT_MS;
      const { bytes } = log.rows[0];
      tasks = (await this.db.query<Task>(DUE)).rows.map((row) => row.sql);
      if (bytes > CHECKPOINT_BYTES || (late && bytes > 8192)) tasks.push('CHECKPOINT');
      if (late || bytes > CHECKPOINT_BYTES) this.checkpointAt = Date.now();
    });
    return tasks;
  }
}
