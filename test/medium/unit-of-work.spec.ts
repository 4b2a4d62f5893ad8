import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

describe('UnitOfWork', () => {
  let database: TestDatabase;
  let uow: UnitOfWork;
  beforeAll(async () => {
    database = await testDatabase();
    uow = database.uow;
    await uow.query('CREATE TABLE jotting (id int PRIMARY KEY, text text NOT NULL)');
  });
  afterAll(() => database.close());
  beforeEach(() => uow.query('TRUNCATE jotting'));

  const jot = (id: number, text = 'x'): Promise<object[]> =>
    uow.query('INSERT INTO jotting VALUES ($1, $2)', [id, text]);
  const ids = async (): Promise<number[]> =>
    (await uow.query<{ id: number }>('SELECT id FROM jotting ORDER BY id')).map((row) => row.id);

  it('keeps all of a run, and gives its result', async () => {
    const result = await uow.run(async () => {
      await jot(1);
      await jot(2);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await ids()).toEqual([1, 2]);
  });

  it('keeps nothing of a run that throws', async () => {
    const run = uow.run(async () => {
      await jot(1);
      throw new Error('no');
    });
    await expect(run).rejects.toThrow('no');
    expect(await ids()).toEqual([]);
  });

  it('keeps nothing of a run whose statement failed, and the connection is good for the next', async () => {
    const run = uow.run(async () => {
      await jot(1);
      await jot(1);
    });
    await expect(run).rejects.toMatchObject({ code: '23505' });
    await uow.run(() => jot(2));
    expect(await ids()).toEqual([2]);
  });

  it('a run that ignores a failed statement keeps nothing, and says so', async () => {
    const run = uow.run(async () => {
      await jot(1);
      await jot(1).catch(() => undefined);
    });
    await expect(run).rejects.toThrow('its error was ignored');
    expect(await ids()).toEqual([]);
  });

  it('a nested run joins the outer one and is rolled back with it', async () => {
    const run = uow.run(async () => {
      await uow.run(() => jot(1));
      await jot(2);
      throw new Error('outer');
    });
    await expect(run).rejects.toThrow('outer');
    expect(await ids()).toEqual([]);
  });

  it('repositories and questions of a run see what it has written, others do not', async () => {
    const seen = await uow.run(async () => {
      await jot(7);
      return ids();
    });
    expect(seen).toEqual([7]);
  });

  it('two runs at once are two transactions', async () => {
    const failing = uow.run(async () => {
      await jot(1);
      throw new Error('first');
    });
    const [first, second] = await Promise.allSettled([failing, uow.run(() => jot(2))]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
    expect(await ids()).toEqual([2]);
  });

  it('a query that outlives its transaction throws instead of committing by itself', async () => {
    let late: Promise<unknown> = Promise.resolve();
    await uow.run(async () => {
      late = new Promise((resolve) => setTimeout(resolve, 50)).then(() => jot(1));
      // Handled below; without this the rejection would be nobody's for a moment.
      late.catch(() => undefined);
      await jot(2);
    });
    await expect(late).rejects.toThrow('outlived its transaction');
    expect(await ids()).toEqual([2]);
  });

  it('a repository and a run that outlive their transaction throw too', async () => {
    const late: Promise<unknown>[] = [];
    await uow.run(async () => {
      const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
      late.push(pause().then(() => uow.run(() => jot(1))));
      late.push(pause().then(() => uow.repository('EntryEntity')));
      await Promise.resolve();
    });
    const ends = await Promise.allSettled(late);
    expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected']);
    expect(await ids()).toEqual([]);
  });

  describe('afterCommit', () => {
    it('is called once the outermost run has committed', async () => {
      const calls: string[] = [];
      await uow.run(async () => {
        await uow.run(async () => {
          uow.afterCommit(() => calls.push('after'));
          await jot(1);
        });
        calls.push('inside');
      });
      expect(calls).toEqual(['inside', 'after']);
    });

    it('is not called after a rollback', async () => {
      const callback = jest.fn();
      const run = uow.run(async () => {
        uow.afterCommit(callback);
        await jot(1);
        throw new Error('no');
      });
      await expect(run).rejects.toThrow('no');
      expect(callback).not.toHaveBeenCalled();
    });

    it('is called at once outside of a run', () => {
      const callback = jest.fn();
      uow.afterCommit(callback);
      expect(callback).toHaveBeenCalledTimes(1);
    });

    it('of an attempt that was run again is not called', async () => {
      const callback = jest.fn();
      let attempt = 0;
      await uow.run(async () => {
        attempt++;
        uow.afterCommit(callback);
        if (attempt === 1) await uow.query(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$`);
      });
      expect(attempt).toBe(2);
      expect(callback).toHaveBeenCalledTimes(1);
    });
  });

  describe('what may succeed when run again', () => {
    it('a serialisation failure is run again from the start', async () => {
      let attempt = 0;
      await uow.run(async () => {
        attempt++;
        await jot(attempt);
        if (attempt < 3) await uow.query(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$`);
      });
      expect(await ids()).toEqual([3]);
    });

    it('but not for ever', async () => {
      let attempts = 0;
      const run = uow.run(async () => {
        attempts++;
        await uow.query(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$`);
      });
      await expect(run).rejects.toMatchObject({ code: '40P01' });
      expect(attempts).toBe(4);
    });
  });

  it('many runs and questions at once all get their own answers', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, id) => {
        if (id % 3 === 0) return Number((await uow.query<{ n: number }>('SELECT $1::int AS n', [id]))[0].n);
        return uow.run(async () => {
          await jot(id, 'y'.repeat(id));
          const [row] = await uow.query<{ id: number }>('SELECT id FROM jotting WHERE id = $1', [id]);
          return row.id;
        });
      }),
    );
    expect(answers).toEqual(Array.from({ length: 100 }, (_, id) => id));
  });
});
