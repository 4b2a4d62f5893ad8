import { sqlStateOf } from '../../src/platform/database/database-errors.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

const FOREIGN_KEY_VIOLATION = '23503';

describe('the ends of relationships', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase({ poolSize: 8 });
  });
  afterAll(() => database.close());

  const entries = async (count: number): Promise<string[]> => {
    const rows = await database.uow.query<{ id: string }>(
      `INSERT INTO entry (uid, kind, name, status, checksum)
       SELECT uid, 'service', uid::text, 'active', '' FROM (SELECT gen_random_uuid() AS uid FROM generate_series(1, $1)) n
       RETURNING id`,
      [count],
    );
    return rows.map((row) => row.id);
  };
  const relate = (source: string, target: string, type = 1): Promise<unknown> =>
    database.uow.run(() =>
      database.uow.query('INSERT INTO relationship (source_id, target_id, type) VALUES ($1, $2, $3)', [
        source,
        target,
        type,
      ]),
    );
  const remove = (id: string): Promise<unknown> =>
    database.uow.run(() => database.uow.query('DELETE FROM entry WHERE id = $1', [id]));
  const stateOf = async (work: Promise<unknown>): Promise<string | undefined> => {
    try {
      await work;
      return undefined;
    } catch (error) {
      return sqlStateOf(error);
    }
  };

  /** What must never be there: relationships of entries that are gone, and degrees that miscount. */
  const wrong = async (): Promise<unknown[]> => [
    ...(await database.uow.query(
      `SELECT id FROM relationship r WHERE NOT EXISTS (SELECT FROM entry WHERE id = r.source_id)
         OR NOT EXISTS (SELECT FROM entry WHERE id = r.target_id)`,
    )),
    ...(await database.uow.query(
      `SELECT * FROM (
         SELECT e.id, (SELECT count(*) FROM relationship WHERE source_id = e.id) AS o,
                (SELECT count(*) FROM relationship WHERE target_id = e.id) AS i FROM entry e
       ) counted FULL JOIN entry_degree d ON d.entry_id = counted.id
       WHERE coalesce(d.out_degree, 0) <> coalesce(o, 0) OR coalesce(d.in_degree, 0) <> coalesce(i, 0)`,
    )),
  ];

  it('must be entries, and the type a known one', async () => {
    const [a, b] = await entries(2);
    expect(await stateOf(relate(a, '999999999'))).toBe(FOREIGN_KEY_VIOLATION);
    expect(await stateOf(relate('999999999', b))).toBe(FOREIGN_KEY_VIOLATION);
    expect(await stateOf(relate(a, b, 999))).toBe(FOREIGN_KEY_VIOLATION);
    await relate(a, b);
    const moved = database.uow.query('UPDATE relationship SET target_id = 999999999 WHERE source_id = $1', [a]);
    expect(await stateOf(moved)).toBe(FOREIGN_KEY_VIOLATION);
    expect(await stateOf(database.uow.query('DELETE FROM relationship_type WHERE id = 1'))).toBe(FOREIGN_KEY_VIOLATION);
    expect(await wrong()).toEqual([]);
  });

  it('take their relationships along', async () => {
    const [a, b, c] = await entries(3);
    await relate(a, b);
    await relate(b, c);
    await relate(c, a);
    await remove(b);
    const left = await database.uow.query('SELECT source_id FROM relationship WHERE source_id = ANY ($1)', [[a, b, c]]);
    expect(left).toEqual([{ source_id: c }]);
    expect(await wrong()).toEqual([]);
  });

  it('hold when entries are deleted while they are related', async () => {
    const ids = await entries(40);
    const outcomes = await Promise.all(
      ids.flatMap((id, i) => [
        stateOf(relate(id, ids[(i + 1) % ids.length])),
        stateOf(relate(ids[(i + 7) % ids.length], id, 2)),
        ...(i % 3 === 0 ? [stateOf(remove(id))] : []),
      ]),
    );
    expect(outcomes.filter((state) => state !== undefined && state !== FOREIGN_KEY_VIOLATION)).toEqual([]);
    expect(await wrong()).toEqual([]);
  });

  it('cannot be written under a snapshot that would hide a deletion', async () => {
    const [a, b] = await entries(2);
    const strict = (work: () => Promise<unknown>): Promise<unknown> =>
      database.uow.run(async () => {
        await database.uow.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        return work();
      });
    expect(await stateOf(strict(() => relate(a, b)))).toBe('0A000');
    expect(await stateOf(strict(() => remove(a)))).toBe('0A000');
  });
});
