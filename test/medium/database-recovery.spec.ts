import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Pool } from 'pg';
import { EmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';
import { eventually, isAlive } from '../support/processes.js';

interface Owner {
  process: ChildProcess;
  url: string;
  /** Process number of the database. */
  pid: number;
  error?: string;
}

/** Writers that note what was acknowledged; pairs tell half a transaction. */
class Writers {
  readonly acknowledged: number[] = [];
  failures = 0;
  private next = 0;
  private stopped = false;
  private readonly running: Promise<void>[];

  constructor(private readonly pool: Pool) {
    this.running = Array.from({ length: 4 }, () => this.write());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async write(): Promise<void> {
    while (!this.stopped) {
      const id = this.next++;
      try {
        await this.pair(id);
        this.acknowledged.push(id);
      } catch {
        this.failures++;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  private async pair(id: number): Promise<void> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    const lost = (error: Error): void => void (broken = error);
    client.on('error', lost);
    try {
      await client.query('BEGIN');
      await client.query('INSERT INTO jotting VALUES ($1, 1)', [id]);
      await client.query('INSERT INTO jotting VALUES ($1, 2)', [id]);
      await client.query('COMMIT');
    } catch (error) {
      broken = error as Error;
      throw error;
    } finally {
      client.off('error', lost);
      client.release(broken);
    }
  }
}

// Every test starts and ends several databases.
jest.setTimeout(180_000);

describe('the embedded PostgreSQL, when things die', () => {
  let folder: string;
  let data: string;
  const owners: Owner[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ureg-test-'));
    data = join(folder, 'postgres');
  });
  afterEach(async () => {
    for (const owner of owners.splice(0)) {
      owner.process.kill('SIGKILL');
      if (owner.pid) await eventually('the database ends', () => !isAlive(owner.pid));
    }
    await rm(folder, { recursive: true });
  });

  const owner = async (): Promise<Owner> => {
    const child = spawn(process.execPath, ['test/support/embedded-owner.mjs', data], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const started: Owner = { process: child, ...(JSON.parse(line) as { url: string; pid: number }) };
    owners.push(started);
    return started;
  };
  const poolOf = (url: string): Pool => {
    const pool = new Pool({ connectionString: url, max: 5, connectionTimeoutMillis: 5000 });
    pool.on('error', () => undefined);
    return pool;
  };
  /** What is wrong: acknowledged transactions that are not there, and halves of one. */
  const damage = async (pool: Pool, { acknowledged }: Writers): Promise<{ lost: number[]; halves: number[] }> => {
    const { rows } = await pool.query<{ id: number; n: number }>(
      'SELECT id, count(*)::int AS n FROM jotting GROUP BY id',
    );
    const there = new Set(rows.map(({ id }) => id));
    return {
      lost: acknowledged.filter((id) => !there.has(id)),
      halves: rows.filter(({ n }) => n !== 2).map(({ id }) => id),
    };
  };
  const answers = async (pool: Pool): Promise<boolean> => {
    try {
      await pool.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  };

  it('every acknowledged write outlives a kill -9 of the database, and the same pool goes on', async () => {
    const postgres = await EmbeddedPostgres.start({ folder: data });
    const pool = poolOf(postgres.url);
    await pool.query('CREATE TABLE jotting (id int, half int)');
    const writers = new Writers(pool);
    for (let round = 0; round < 3; round++) {
      const before = writers.acknowledged.length;
      await eventually('writes are acknowledged', () => writers.acknowledged.length > before + 30);
      process.kill(postgres.pid!, 'SIGKILL');
      const failures = writers.failures;
      await eventually('the pool notices', () => writers.failures > failures);
      await eventually('the database is back', () => answers(pool));
    }
    await writers.stop();
    expect(await damage(pool, writers)).toEqual({ lost: [], halves: [] });
    await pool.end();
    await postgres.stop();
  });

  it('every acknowledged write outlives a kill -9 of the service; its database ends by itself, and the next one starts', async () => {
    const first = await owner();
    const pool = poolOf(first.url);
    await pool.query('CREATE TABLE jotting (id int, half int)');
    const writers = new Writers(pool);
    await eventually('writes are acknowledged', () => writers.acknowledged.length > 50);
    first.process.kill('SIGKILL');
    const second = await owner();
    await writers.stop();
    await pool.end();
    expect(second.error).toBe(undefined);
    await eventually('the first database has ended', () => !isAlive(first.pid));
    const later = poolOf(second.url);
    expect(await damage(later, writers)).toEqual({ lost: [], halves: [] });
    await later.end();
  });

  it('takes over a folder after a kill -9 of both', async () => {
    const first = await owner();
    const pool = poolOf(first.url);
    await pool.query('CREATE TABLE jotting (id int, half int)');
    await pool.query('INSERT INTO jotting VALUES (1, 1), (1, 2)');
    process.kill(first.pid, 'SIGSTOP');
    first.process.kill('SIGKILL');
    process.kill(first.pid, 'SIGKILL');
    await pool.end();
    const second = await owner();
    const later = poolOf(second.url);
    expect((await later.query('SELECT count(*)::int AS n FROM jotting')).rows).toEqual([{ n: 2 }]);
    await later.end();
  });

  it('a second process that opens the same folder is refused in one clear sentence, and the first goes on', async () => {
    const first = await owner();
    const second = await owner();
    expect(second.error).toBe(
      `${data} is in use by another registry (process ${first.process.pid}): the embedded database serves one process at a time. ` +
        'Stop that one, give this one another DATA_DIR, or set DATABASE_URL.',
    );
    const client = new Client({ connectionString: first.url });
    await client.connect();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  it('the socket and the lock are gone after an end in order', async () => {
    const first = await owner();
    const socket = new URL(first.url).searchParams.get('host')!;
    expect(await readdir(socket)).toEqual(['.s.PGSQL.5432']);
    first.process.stdin!.end();
    await once(first.process, 'exit');
    expect(await readdir(folder)).toEqual(['postgres']);
    await expect(readdir(socket)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('a statement that PostgreSQL cannot survive restarts it, with nothing half done', async () => {
    const postgres = await EmbeddedPostgres.start({ folder: data });
    const pool = poolOf(postgres.url);
    await pool.query('CREATE TABLE jotting (id int, value jsonb)');
    await pool.query(`INSERT INTO jotting VALUES (1, '{}')`);
    const deep = '['.repeat(400_000);
    await expect(pool.query('INSERT INTO jotting VALUES (2, $1), (3, $2)', ['{}', deep])).rejects.toThrow(
      'Connection terminated',
    );
    await eventually('the database is back', () => answers(pool));
    expect((await pool.query('SELECT id FROM jotting')).rows).toEqual([{ id: 1 }]);
    await pool.end();
    await postgres.stop();
  });

  it('a statement that takes too long ends with a restart', async () => {
    const postgres = await EmbeddedPostgres.start({ folder: data, unresponsiveMs: 1500 });
    const pool = poolOf(postgres.url);
    await expect(pool.query('SELECT count(*) FROM generate_series(1, 100000000000)')).rejects.toThrow(
      'Connection terminated',
    );
    await eventually('the database is back', () => answers(pool));
    await pool.end();
    await postgres.stop();
  });

  it('a first start that was cut off leaves nothing in the way', async () => {
    await mkdir(`${data}.new-1`, { recursive: true });
    await writeFile(join(`${data}.new-1`, 'PG_VERSION'), '18\n');
    const { error, process: child } = await owner();
    expect(error).toBe(undefined);
    expect(await readdir(folder)).toEqual(['postgres', 'postgres.lock']);
    child.stdin!.end();
    await once(child, 'exit');
  });

  it.each([
    ['a database of another version', 'PG_VERSION', '17\n', 'was written by PostgreSQL 17; this registry carries 18'],
    ['something else', 'thesis.doc', 'x', 'holds something, but no PostgreSQL database'],
  ])('a folder with %s is refused and left as it is', async (_, file, text, message) => {
    await mkdir(data);
    await writeFile(join(data, file), text);
    expect((await owner()).error).toContain(message);
    expect(await readdir(data)).toEqual([file]);
    expect(await readdir(folder)).toEqual(['postgres']);
  });
});
