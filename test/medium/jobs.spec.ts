import { setTimeout as pause } from 'node:timers/promises';
import { ShutdownState } from '../../src/platform/http/shutdown-state.js';
import { readEnv } from '../../src/platform/env/load-env.js';
import { JobLease } from '../../src/platform/jobs/job-lease.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { Logger } from '../../src/platform/logging/logger.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { eventually } from '../support/processes.js';

let database: TestDatabase;
const replicas: Jobs[] = [];
const log: string[] = [];

beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await Promise.all(replicas.splice(0).map((jobs) => jobs.stop()));
  log.length = 0;
});
afterAll(() => database.close());

/** The jobs of one more process on the same database. */
function replica(env: Record<string, string> = {}): Jobs {
  const logger = Logger.create({ logLevel: 'info', logFormat: 'json' }, { write: (line) => log.push(line) });
  const jobs = new Jobs(new JobLease(database.uow), readEnv(env), logger, new ShutdownState());
  replicas.push(jobs);
  return jobs;
}

describe('a job', () => {
  it('runs every period, and not again while it still runs', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    replica().every('slow', 10, async () => {
      most = Math.max(most, ++running);
      await pause(40);
      running--;
      runs++;
    });
    await eventually('three runs', () => runs >= 3);
    expect(most).toBe(1);
  });

  it('that fails is logged once a minute, and goes on', async () => {
    let runs = 0;
    replica().every('frail', 10, () => {
      if (++runs < 5) throw new Error('not yet');
    });
    await eventually('it works again', () => log.some((line) => line.includes('works again')));
    const lines = log.map((line) => JSON.parse(line));
    expect(lines.map(({ level, job, failures }) => ({ level, job, failures }))).toEqual([
      { level: 'error', job: 'frail', failures: 1 },
      { level: 'info', job: 'frail', failures: 4 },
    ]);
    expect(lines[0].err.message).toBe('not yet');
  });

  it('is awaited when the process stops, and starts no more', async () => {
    const jobs = replica();
    let runs = 0;
    let done = 0;
    jobs.every('last', 10, async () => {
      runs++;
      await pause(50);
      done++;
    });
    await eventually('it runs', () => runs === 1);
    await jobs.stop();
    expect({ runs, done }).toEqual({ runs: 1, done: 1 });
    await pause(40);
    expect(runs).toBe(1);
  });

  it('has a name of its own', () => {
    const jobs = replica();
    jobs.every('same', 1000, () => undefined);
    expect(() => jobs.every('same', 1000, () => undefined)).toThrow('There are two jobs called same.');
  });
});

describe('a job with a lock', () => {
  it('runs on one replica at a time, about once a period over all of them', async () => {
    let running = 0;
    let most = 0;
    const starts: number[] = [];
    const work = async (): Promise<void> => {
      starts.push(performance.now());
      most = Math.max(most, ++running);
      await pause(30);
      running--;
    };
    for (let i = 0; i < 3; i++) replica().every('shared', 200, work, { lock: true });
    await eventually('six runs', () => starts.length >= 6);
    expect(most).toBe(1);
    // A busy machine may begin one run late and the next one in time: on the average they keep their distance.
    expect((starts.at(-1)! - starts[0]) / (starts.length - 1)).toBeGreaterThan(95);
  });

  it('is taken over from a holder that fell silent', async () => {
    await database.uow.query(
      `INSERT INTO job_lease (name, holder, held_until, next_at)
       VALUES ('orphan', gen_random_uuid(), clock_timestamp() + interval '300 ms', clock_timestamp())`,
    );
    let ranAt = 0;
    const startedAt = performance.now();
    replica().every('orphan', 50, () => void (ranAt ||= performance.now()), { lock: true });
    await eventually('it runs', () => ranAt > 0);
    expect(ranAt - startedAt).toBeGreaterThan(200);
  });

  it('is given back when the work fails', async () => {
    let runs = 0;
    const jobs = replica();
    jobs.every(
      'failing',
      40,
      () => {
        if (++runs === 1) throw new Error('once');
      },
      { lock: true },
    );
    await eventually('it runs again', () => runs >= 2, 5000);
    await jobs.stop();
    const [row] = await database.uow.query<{ held: boolean }>(
      "SELECT held_until > clock_timestamp() AS held FROM job_lease WHERE name = 'failing'",
    );
    expect(row.held).toBe(false);
  });

  it('is none of the business of a process that only answers requests', async () => {
    let runs = 0;
    replica({ ROLE: 'api' }).every('elsewhere', 10, () => void runs++, { lock: true });
    await pause(60);
    expect(runs).toBe(0);
  });
});
