import { Pool } from 'pg';
import type { PoolClient } from 'pg';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';
import { eventually } from '../support/processes.js';

/** Bytes of the log after which there is a checkpoint. */
const LOG_LIMIT = 64 * 1024 ** 2;

/** What pglite-socket or PGlite itself get wrong for many clients, and what a client may rely on all the same. */
describe('the embedded PostgreSQL, with many clients', () => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  let pool: Pool;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ureg-test-'));
    postgres = await EmbeddedPostgres.start({
      folder: join(folder, 'postgres'),
      fsync: false,
      idleInTransactionMs: 500,
      upkeepMs: 200,
    });
    pool = new Pool({ connectionString: postgres.url, max: 8 });
    await pool.query('CREATE TABLE jotting (id int PRIMARY KEY, text text)');
  });
  afterAll(async () => {
    await pool.end();
    await postgres.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => pool.query('TRUNCATE jotting'));

  const ids = async (): Promise<number[]> =>
    (await pool.query<{ id: number }>('SELECT id FROM jotting ORDER BY id')).rows.map((row) => row.id);
  const connected = async (work: (client: PoolClient) => Promise<void>): Promise<void> => {
    const client = await pool.connect();
    try {
      await work(client);
    } finally {
      client.release(true);
    }
  };

  it('gives everyone their own answer while parameters of megabytes arrive in pieces', async () => {
    const long = 'x'.repeat(3_000_000);
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const answer =
          i % 2
            ? await pool.query<{ a: number; b?: number }>('SELECT $1::int AS a, length($2::text) AS b', [i, long])
            : await pool.query<{ a: number; b?: number }>('SELECT $1::int AS a', [i]);
        return answer.rows[0];
      }),
    );
    expect(answers).toEqual(answers.map((_, i) => (i % 2 ? { a: i, b: 3_000_000 } : { a: i })));
  });

  it('gives a large answer whole', async () => {
    const { rows } = await pool.query<{ text: string }>(`SELECT repeat('é', 10000000) AS text`);
    expect(rows[0].text).toHaveLength(10_000_000);
    const many = await pool.query<{ n: number }>('SELECT n FROM generate_series(1, 200000) n');
    expect(many.rows.at(-1)).toEqual({ n: 200_000 });
  });

  it('an error is told to who made it, and to nobody else', async () => {
    const ends = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => pool.query<{ n: number }>('SELECT 12 / $1::int AS n', [i % 4])),
    );
    expect(ends.map((end) => (end.status === 'fulfilled' ? end.value.rows[0].n : end.reason.code))).toEqual(
      Array.from({ length: 40 }, (_, i) => ['22012', 12, 6, 4][i % 4]),
    );
  });

  it('a transaction has the session to itself; the others come after it', async () => {
    const order: string[] = [];
    await connected(async (client) => {
      await client.query('BEGIN');
      await client.query('INSERT INTO jotting VALUES (1)');
      const other = ids().then((found) => order.push(`other saw ${found.join()}`));
      await client.query('SELECT pg_sleep(0.1)');
      order.push('commit');
      await client.query('COMMIT');
      await other;
    });
    expect(order).toEqual(['commit', 'other saw 1']);
  });

  it('what a client that dies in a transaction has done is rolled back', async () => {
    const client = await pool.connect();
    client.on('error', () => undefined);
    await client.query('BEGIN');
    await client.query('INSERT INTO jotting VALUES (1)');
    client.release(new Error('cut the connection'));
    expect(await ids()).toEqual([]);
    await pool.query('INSERT INTO jotting VALUES (2)');
    expect(await ids()).toEqual([2]);
  });

  it('a client that dies in the middle of its statement leaves nothing open', async () => {
    const dying = Array.from({ length: 5 }, async (_, i) => {
      const client = await pool.connect();
      client.on('error', () => undefined);
      await client.query('BEGIN');
      const unanswered = client.query('INSERT INTO jotting SELECT $1 FROM pg_sleep(0.02)', [i]);
      client.release(true);
      return unanswered;
    });
    const ends = await Promise.allSettled(dying);
    expect(ends.map((end) => end.status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
    expect(await ids()).toEqual([]);
  });

  it('a client that keeps a transaction open and says nothing is put out', async () => {
    const client = await pool.connect();
    const errors: Error[] = [];
    client.on('error', (error) => errors.push(error));
    await client.query('BEGIN');
    await client.query('INSERT INTO jotting VALUES (1)');
    expect(await ids()).toEqual([]);
    expect(errors[0]).toMatchObject({ code: '25P03' });
    await expect(client.query('COMMIT')).rejects.toThrow(/not queryable|Connection terminated|closed/);
    client.release(true);
  });

  it('a failed transaction stays failed until its end', async () => {
    await connected(async (client) => {
      await client.query('BEGIN');
      await expect(client.query('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
      await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
      await client.query('ROLLBACK');
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    });
  });

  it('serves more connections than anyone needs', async () => {
    const crowd = new Pool({ connectionString: postgres.url, max: 100 });
    const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => crowd.query('SELECT $1::int AS n', [i])));
    expect(answers.map(({ rows }) => rows[0].n)).toEqual(Array.from({ length: 300 }, (_, i) => i));
    await crowd.end();
  });

  it('knows vectors and trigrams', async () => {
    await pool.query('CREATE EXTENSION IF NOT EXISTS vector');
    await pool.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    const { rows } = await pool.query(
      `SELECT '[1,2]'::vector <-> '[1,3]' AS far, similarity('registry', 'regestry') > 0.3 AS like`,
    );
    expect(rows).toEqual([{ far: 1, like: true }]);
  });

  it('keeps statistics, dead rows and the log in order, which no background process does here', async () => {
    const written = async (): Promise<number> =>
      (await pool.query<{ lsn: number }>(`SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS lsn`)).rows[0].lsn;
    const before = await written();
    await pool.query(`INSERT INTO jotting SELECT n, repeat(md5(n::text), 40) FROM generate_series(1, 60000) n`);
    await pool.query(`UPDATE jotting SET text = text || 'x'`);
    // Counts come late: until the changes are counted, no row looks dead.
    const state = async (): Promise<{ rows: number; changed: number; dead: number; log: number }> =>
      (
        await pool.query(
          `SELECT reltuples AS rows, n_tup_upd::int AS changed, n_dead_tup::int AS dead,
                  (pg_current_wal_insert_lsn() - (SELECT redo_lsn FROM pg_control_checkpoint()))::float8 AS log
             FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid WHERE c.relname = 'jotting'`,
        )
      ).rows[0];
    expect((await written()) - before).toBeGreaterThan(LOG_LIMIT);
    await eventually('a checkpoint, and a vacuum with its figures', async () => {
      const { rows, changed, dead, log } = await state();
      return rows === 60_000 && changed === 60_000 && dead === 0 && log < LOG_LIMIT;
    });
    // The space of the dead rows is used again: the table does not grow with every change.
    const size = async (): Promise<number> =>
      (await pool.query<{ size: number }>(`SELECT pg_table_size('jotting')::float8 AS size`)).rows[0].size;
    const full = await size();
    await pool.query(`UPDATE jotting SET text = text || 'y' WHERE id <= 30000`);
    expect(await size()).toBeLessThan(full * 1.1);
  });
});
