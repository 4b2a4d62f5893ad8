import { StoredGraphRepository } from '../../src/graph/analysis/stored-graph.repository.js';
import { StoredGraphs } from '../../src/graph/analysis/stored-graphs.js';
import type { LoadedGraph } from '../../src/graph/analysis/stored-graphs.js';
import { Env } from '../../src/platform/env/env.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { seeded } from './graph-oracle.js';

let app: TestApp;
let repository: StoredGraphRepository;
let graphs: StoredGraphs;
let loads: jest.SpyInstance;

beforeAll(async () => {
  app = await testApp();
  repository = new StoredGraphRepository(app.uow);
  graphs = new StoredGraphs(repository, app.app.get(Env));
  loads = jest.spyOn(repository, 'relationships');
});
afterAll(async () => {
  graphs.onModuleDestroy();
  await app.close();
});

const limit = () => ({ signal: new AbortController().signal, deadline: Infinity });

/** Every relationship, by inside ids. */
const told = ({ graph: { ids, offsets, targets, types } }: LoadedGraph): string[] =>
  [...ids].flatMap((id, place) =>
    Array.from(targets.subarray(offsets[place], offsets[place + 1]), (target, i) =>
      [id, ids[target], types[offsets[place] + i]].join(' '),
    ).toSorted(),
  );

/** As if nothing had been known before. */
async function expectUpToDate(current: LoadedGraph): Promise<void> {
  const other = new StoredGraphs(new StoredGraphRepository(app.uow), app.app.get(Env));
  const whole = await other.current(limit());
  other.onModuleDestroy();
  expect([...current.graph.ids]).toEqual([...whole.graph.ids]);
  expect(told(current)).toEqual(told(whole));
  expect(current.version).toEqual(whole.version);
}

const post = async (path: string, body: object) => {
  const answer = await app.api.post(`/api/v1${path}`, body);
  expect(answer.status).toBeLessThan(300);
  return answer.body;
};

describe('the graph in memory', () => {
  test('takes up what was made, changed and removed since, without reading everything again', async () => {
    const name = (n: number): string => `overlay-${n}`;
    await post('/entities/bulk', Array.from({ length: 12 }, (_, n) => ({ type: 'service', name: name(n) }))); // prettier-ignore
    await graphs.current(limit());
    expect(loads).toHaveBeenCalledTimes(1);
    const random = seeded(31);
    const whole = (n: number): number => Math.floor(random() * n);
    const made: string[] = [];
    let entries = 12;
    for (let round = 0; round < 12; round++) {
      for (let i = 0; i < 4; i++) {
        const [source, target] = [whole(entries), whole(entries)];
        const ends = { source_id: `svc_${name(source)}`, target_id: `svc_${name(target)}` };
        const edge = { ...ends, type: ['depends_on', 'calls'][whole(2)], bidirectional: random() < 0.3 };
        const { status, body } = await app.api.post('/api/v1/relationships', edge);
        if (status === 201) made.push(body.id);
      }
      const path = `/api/v1/relationships/${made[whole(made.length)]}`;
      if (round % 3 === 0) await app.api.delete(path);
      if (round % 3 === 1) await app.api.put(path, { bidirectional: true });
      if (round % 4 === 2) await post('/entities', { type: 'service', name: name(entries++) });
      if (round % 4 === 3) await app.api.delete(`/api/v1/entities/svc_${name(whole(entries))}?force=true`);
      await expectUpToDate(await graphs.current(limit()));
    }
    expect(loads).toHaveBeenCalledTimes(1);
  });

  test('is read whole again when somebody writes past the service', async () => {
    await graphs.current(limit());
    const before = loads.mock.calls.length;
    // Ends that no event names: those of the others may still be on their way.
    await app.uow.query(
      `INSERT INTO entry (uid, kind, name, status, checksum)
       SELECT gen_random_uuid(), 'resource', 'past-' || n, 'active', '' FROM generate_series(1, 2) n`,
    );
    await app.uow.query(
      `INSERT INTO relationship (source_id, target_id, type) SELECT min(id), max(id), 3 FROM entry WHERE name LIKE 'past-%'`,
    );
    await expectUpToDate(await graphs.current(limit()));
    expect(loads).toHaveBeenCalledTimes(before + 1);
  });

  test('that would take more than it may is not read', async () => {
    const small = new StoredGraphs(repository, Object.assign(new Env(), { graphMemoryBytes: 100 }));
    await expect(small.current(limit())).rejects.toMatchObject({ status: 422, code: 'graph.too_large' });
    small.onModuleDestroy();
  });

  test('is not read on when nobody waits, or the time is over', async () => {
    const other = new StoredGraphs(repository, app.app.get(Env));
    const gone = { ...limit(), signal: AbortSignal.abort() };
    await expect(other.current(gone)).rejects.toMatchObject({ reason: 'cancelled' });
    await expect(other.current({ ...limit(), deadline: 0 })).rejects.toMatchObject({ reason: 'deadline' });
    other.onModuleDestroy();
  });
});
