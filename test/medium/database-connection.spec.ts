import type { Pool } from 'pg';
import { DATABASE_SCHEMA } from '../../src/database-schema.js';
import { dataSource } from '../../src/platform/database/data-source.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { DatabaseListener } from '../../src/platform/database/database-listener.js';
import { isNative, testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { quietLogger } from '../support/quiet-logger.js';

describe('connections to the database', () => {
  let database: TestDatabase;
  let uow: UnitOfWork;
  let listener: DatabaseListener;
  beforeAll(async () => {
    database = await testDatabase({ statementTimeout: 1000, poolSize: 4 });
    uow = database.uow;
    await uow.query('CREATE TABLE jotting (id int)');
  });
  beforeEach(() => {
    listener = new DatabaseListener(database.settings, quietLogger());
  });
  afterEach(() => listener.onApplicationShutdown());
  afterAll(() => database.close());

  const answers = async (): Promise<boolean> => {
    try {
      await uow.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  };

  it('break together, and the pool goes on by itself', async () => {
    await Promise.all(Array.from({ length: 8 }, () => uow.query('SELECT 1')));
    await database.crash();
    await eventually('questions are answered again', answers);
    await uow.run(() => uow.query('INSERT INTO jotting VALUES (1)'));
    expect(await uow.query('SELECT id FROM jotting')).toEqual([{ id: 1 }]);
  });

  it('that break between two uses are no uncaught error', async () => {
    const { master } = database.dataSource.driver as unknown as { master: Pool };
    const client = await master.connect();
    // What the server's last words, and then the end of the socket, come to while nobody listens.
    for (const reason of ['terminating connection', 'Connection terminated unexpectedly'])
      expect(() => client.emit('error', new Error(reason))).not.toThrow();
    client.release(true);
    expect(await answers()).toBe(true);
  });

  it('a transaction whose connection breaks fails as such and leaves nothing', async () => {
    await uow.query('TRUNCATE jotting');
    const run = uow.run(async () => {
      await uow.query('INSERT INTO jotting VALUES (2)');
      await database.crash();
      await uow.query('INSERT INTO jotting SELECT 3 FROM pg_sleep(0.1)');
    });
    await expect(run).rejects.toThrow(
      /Connection terminated|terminating connection|connection error|ECONNRESET|EPIPE|closed/,
    );
    await eventually('questions are answered again', answers);
    expect(await uow.query('SELECT id FROM jotting')).toEqual([]);
  });

  it('whose answer is waited for no longer do not go back to the pool', async () => {
    const impatient = dataSource({ ...database.settings, poolSize: 1 }, DATABASE_SCHEMA, () => undefined);
    (impatient.options.extra as { query_timeout: number }).query_timeout = 300;
    await impatient.initialize();
    const one = new UnitOfWork(impatient, database.settings);
    const run = one.run(() => one.query('SELECT pg_sleep(0.9)'));
    await expect(run).rejects.toThrow('Query read timeout');
    await eventually('another connection answers', async () => {
      const [row] = await one.query<{ n: number }>('SELECT 1 AS n').catch(() => [{ n: 0 }]);
      return row.n === 1;
    });
    expect(await one.run(() => one.query('SELECT 2 AS n'))).toEqual([{ n: 2 }]);
    await impatient.destroy();
  });

  it('give a named statement to as many connections as there are', async () => {
    const ask = (id: number): Promise<{ n: number }[]> => uow.query<{ n: number }>('SELECT $1::int AS n', [id], 'ask');
    const found = await Promise.all(Array.from({ length: 40 }, (_, id) => ask(id)));
    expect(found.map(([row]) => row.n)).toEqual(Array.from({ length: 40 }, (_, id) => id));
  });

  if (isNative()) {
    it('prepare nothing by name behind a pooler', async () => {
      const behind = new UnitOfWork(database.dataSource, { ...database.settings, directUrl: database.settings.url });
      await behind.run(async () => {
        await behind.query('SELECT 1', [], 'by-name-behind-a-pooler');
        const known = await behind.query(`SELECT FROM pg_prepared_statements WHERE name = 'by-name-behind-a-pooler'`);
        expect(known).toEqual([]);
      });
    });

    it('say who they are, and end what takes too long', async () => {
      const [row] = await uow.query(`SELECT current_setting('application_name') AS name,
        current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle`);
      expect(row).toEqual({ name: 'universal-registry', statement: '1s', idle: '1min' });
      await expect(uow.query('SELECT pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
    });

    it('bring notifications, and again after they broke, with a hint to look for what was missed', async () => {
      const heard: string[] = [];
      const stop = await listener.listen('news', (payload) => heard.push(payload));
      await uow.query(`SELECT pg_notify('news', 'one')`);
      await eventually('the first is heard', () => heard.length === 1);
      await database.crash();
      await eventually('the listener is back', () => heard.at(-1) === '');
      await eventually('the pool is back', answers);
      await uow.query(`SELECT pg_notify('news', 'two')`);
      await eventually('the second is heard', () => heard.includes('two'));
      expect(heard).toEqual(['one', '', 'two']);
      await stop();
      await uow.query(`SELECT pg_notify('news', 'three')`);
      await uow.query(`SELECT pg_sleep(0.1)`);
      expect(heard).not.toContain('three');
    });

    it('are listened for past a pooler, where one is told of', async () => {
      const { url } = database.settings;
      const pooler = 'postgres://nobody@127.0.0.1:1/pooler';
      const direct = new DatabaseListener({ ...database.settings, url: pooler, directUrl: url }, quietLogger());
      const heard: string[] = [];
      await direct.listen('past_the_pooler', (payload) => heard.push(payload));
      await uow.query(`SELECT pg_notify('past_the_pooler', 'news')`);
      await eventually('the notification has come', () => heard.includes('news'));
      expect(heard).toContain('news');
      await direct.onApplicationShutdown();
    });

    it('call every handler of a channel, one that throws too, and no other channel’s', async () => {
      const heard: string[] = [];
      const broken = (): never => {
        throw new Error('broken');
      };
      await listener.listen('news', broken);
      await Promise.all([
        listener.listen('news', () => heard.push('a')),
        listener.listen('news', () => heard.push('b')),
        listener.listen('Other "channel"', () => heard.push('c')),
      ]);
      await uow.query(`SELECT pg_notify('news', '')`);
      await uow.query(`SELECT pg_notify('Other "channel"', '')`);
      await eventually('all are heard', () => heard.length === 3);
      expect(heard).toEqual(['a', 'b', 'c']);
    });
  } else {
    it('bring no notifications from the embedded database, and do not pretend to', async () => {
      const heard: string[] = [];
      const stop = await listener.listen('news', (payload) => heard.push(payload));
      await uow.query(`SELECT pg_notify('news', 'one')`);
      await uow.query('SELECT pg_sleep(0.05)');
      expect(heard).toEqual([]);
      await stop();
    });
  }
});
