import { SocketFollower } from '../support/event-followers.js';
import { eventually } from '../support/processes.js';
import { Random } from '../support/random.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { healthModel } from './health-model.js';
import type { Json } from '../support/api-client.js';

const SERVICES = '/api/v1/services';
const RELATIONSHIPS = '/api/v1/relationships';

describe('what needs an unhealthy entry', () => {
  let app: TestApp;
  let count = 0;

  beforeAll(async () => (app = await testApp()));
  afterAll(() => app.close());

  const service = async (body: object = {}): Promise<string> => {
    const answer = await app.api.post(SERVICES, { name: `p${++count}`, ...body });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body.id as string;
  };
  const services = async (n: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let i = 0; i < n; i++) ids.push(await service());
    return ids;
  };
  const relate = async (source_id: string, target_id: string, more: object = {}): Promise<string> => {
    const answer = await app.api.post(RELATIONSHIPS, { source_id, target_id, type: 'depends_on', ...more });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body.id as string;
  };
  const report = async (id: string, status: string, more: object = {}): Promise<Json> => {
    const answer = await app.api.post(`${SERVICES}/${id}/health`, { status, ...more });
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const healths = async (ids: string[]): Promise<(string | null)[][]> => {
    const rows = await app.uow.query<{ uid: string; health: string; reported_health: string | null }>(
      'SELECT uid, health, reported_health FROM entry WHERE uid = ANY ($1::uuid[])',
      [ids],
    );
    return ids.map((id) => {
      const { health, reported_health } = rows.find(({ uid }) => uid === id)!;
      return [health, reported_health];
    });
  };
  const changesOf = (id: string): Promise<Json[]> =>
    app.uow
      .query<{ payload: Json }>(
        `SELECT v.payload FROM event v JOIN entry e ON e.id = v.entry_id
         WHERE v.type = 'health_changed' AND e.uid = $1 ORDER BY v.id`,
        [id],
      )
      .then((rows) => rows.map(({ payload }) => payload));

  it('turns degraded, however far it is, keeps its own health apart, and turns back', async () => {
    const [hub, near, far, beside] = await services(4);
    await relate(near, hub);
    await relate(far, near, { type: 'requires' });
    await relate(beside, hub, { type: 'calls' });
    await report(far, 'healthy');
    await report(hub, 'unhealthy');
    expect(await healths([hub, near, far, beside])).toEqual([
      ['unhealthy', null],
      ['degraded', 'unknown'],
      ['degraded', 'healthy'],
      ['unknown', null],
    ]);
    const becauseOf = async (id: string): Promise<unknown> =>
      (await app.api.get(`${SERVICES}/${id}/health`)).body.because.map((one: Json) => [one.id, one.health]);
    expect(await becauseOf(far)).toEqual([[near, 'degraded']]);
    expect(await becauseOf(near)).toEqual([[hub, 'unhealthy']]);
    expect(await becauseOf(hub)).toEqual([]);
    await report(hub, 'healthy');
    expect(await becauseOf(near)).toEqual([]);
    expect(await healths([hub, near, far])).toEqual([
      ['healthy', null],
      ['unknown', null],
      ['healthy', null],
    ]);
  });

  it('stays degraded until everything that it needs is well again', async () => {
    const [one, other, dependant] = await services(3);
    await relate(dependant, one);
    await relate(dependant, other);
    await report(one, 'unhealthy');
    await report(other, 'unhealthy');
    await report(one, 'healthy');
    expect(await healths([dependant])).toEqual([['degraded', 'unknown']]);
    await report(other, 'degraded');
    expect(await healths([dependant])).toEqual([['unknown', null]]);
  });

  it('is found around cycles, which recover as a whole', async () => {
    const [a, b, c] = await services(3);
    await relate(a, b);
    await relate(b, c);
    await relate(c, a);
    await report(b, 'unhealthy');
    expect(await healths([a, b, c])).toEqual([
      ['degraded', 'unknown'],
      ['unhealthy', null],
      ['degraded', 'unknown'],
    ]);
    await report(b, 'healthy');
    expect(await healths([a, b, c])).toEqual([
      ['unknown', null],
      ['healthy', null],
      ['unknown', null],
    ]);
  });

  it('is both ends of a bidirectional relationship', async () => {
    const [a, b] = await services(2);
    const edge = await relate(a, b, { bidirectional: true });
    await report(a, 'unhealthy');
    expect(await healths([b])).toEqual([['degraded', 'unknown']]);
    await app.api.put(`${RELATIONSHIPS}/${edge}`, { bidirectional: false });
    expect(await healths([b])).toEqual([['unknown', null]]);
  });

  it('turns as relationships are made and removed, one by one or in bulk, and as an unhealthy entry is removed', async () => {
    const [hub, near, far] = await services(3);
    await relate(far, near);
    await report(hub, 'unhealthy');
    const edge = await relate(near, hub);
    expect(await healths([near, far])).toEqual([
      ['degraded', 'unknown'],
      ['degraded', 'unknown'],
    ]);
    await app.api.delete(`${RELATIONSHIPS}/${edge}`);
    expect(await healths([near, far])).toEqual([
      ['unknown', null],
      ['unknown', null],
    ]);
    const bulk = await app.api.post(`${RELATIONSHIPS}/bulk`, [{ source_id: near, target_id: hub, type: 'depends_on' }]);
    expect(bulk.status).toBeLessThan(300);
    expect(await healths([near, far])).toEqual([
      ['degraded', 'unknown'],
      ['degraded', 'unknown'],
    ]);
    expect((await app.api.delete(`/api/v1/entities/${hub}?force=true`)).status).toBe(204);
    expect(await healths([near, far])).toEqual([
      ['unknown', null],
      ['unknown', null],
    ]);
    expect((await changesOf(far)).map(({ from, to, cause }) => [from, to, cause.type])).toEqual([
      ['unknown', 'degraded', 'relationship'],
      ['degraded', 'unknown', 'relationship'],
      ['unknown', 'degraded', 'relationship'],
      ['degraded', 'unknown', 'removal'],
    ]);
  });

  it('keeps both healths right when its own is written through the catalog', async () => {
    const [hub, dependant] = await services(2);
    await relate(dependant, hub);
    const patched = await app.api.patch(`/api/v1/entities/${hub}`, { health: 'unhealthy' });
    expect(patched.body.health).toBe('unhealthy');
    expect(await healths([dependant])).toEqual([['degraded', 'unknown']]);
    const own = await app.api.patch(`/api/v1/entities/${dependant}`, { health: 'healthy', title: 'Mine' });
    expect(own.body).toMatchObject({ health: 'degraded', reported_health: 'healthy', title: 'Mine' });
    // Another change of the entry is no change of its health.
    const other = await app.api.patch(`/api/v1/entities/${dependant}`, { title: 'Ours' });
    expect(other.body).toMatchObject({ health: 'degraded', reported_health: 'healthy' });
    const facade = await app.api.put(`/v1/registry/entries/${dependant}`, { title: 'Theirs' });
    expect(facade.status).toBe(200);
    expect(await healths([dependant])).toEqual([['degraded', 'healthy']]);
    const items = [{ type: 'service', name: `p${count - 1}`, health: 'healthy', spec: { type: 'api' } }];
    const bulk = await app.api.post('/api/v1/entities/bulk?on_conflict=update', items);
    expect(bulk.body[0] ?? bulk.body.results?.[0]).toMatchObject({ status: 'updated' });
    expect(await healths([hub, dependant])).toEqual([
      ['healthy', null],
      ['healthy', null],
    ]);
  });

  it('is told of in one event each, with what caused it, and once in the audit trail', async () => {
    const [hub, dependant] = await services(2);
    await relate(dependant, hub);
    const before = (await app.api.get(`/api/v1/entities/${dependant}`)).body;
    await report(hub, 'unhealthy', { message: 'no disk' });
    await report(hub, 'unhealthy', { message: 'still none' });
    expect(await changesOf(hub)).toMatchObject([
      {
        entity: { id: hub, health: 'unhealthy' },
        from: 'unknown',
        to: 'unhealthy',
        cause: { type: 'report', message: 'no disk' },
      },
    ]);
    expect(await changesOf(dependant)).toMatchObject([
      {
        entity: { id: dependant, health: 'degraded', reported_health: 'unknown' },
        from: 'unknown',
        to: 'degraded',
        cause: { type: 'dependency', entity_id: hub },
      },
    ]);
    const after = (await app.api.get(`/api/v1/entities/${dependant}`)).body;
    expect(after.revision).toBe(before.revision);
    expect(after.checksum).toBe(before.checksum);
    const audit = await app.api.get(`/api/v1/gateway/audit?action=entity.health_changed&entity=${dependant}`);
    expect(audit.body).toMatchObject([{ action: 'entity.health_changed' }]);
  });

  it('is told of with the whole entry, as it is answered', async () => {
    const registry = (await app.api.post('/api/v1/registries', { name: 'home-of-all' })).body.id as string;
    const whole = {
      version: '1.2.0+b',
      title: 'Löw "quoted" \\ and 100 %',
      description: 'Two\nlines',
      owner: 'team-health',
      tags: ['b', 'a,{"x"}'],
      metadata: { nested: { list: [1, 2.5, null, true], 'odd key': 'ü' } },
      registry_id: registry,
    };
    const [hub, full, plain] = [await service(), await service(whole), await service()];
    for (const id of [full, plain]) await relate(id, hub);
    await report(hub, 'unhealthy');
    for (const id of [full, plain]) {
      const [{ entity }] = await changesOf(id);
      expect({ ...entity, accessed_at: null }).toEqual({
        ...(await app.api.get(`/api/v1/entities/${id}`)).body,
        accessed_at: null,
      });
      expect(entity.accessed_at === null || !Number.isNaN(Date.parse(entity.accessed_at))).toBe(true);
    }
  });

  it('is told of to followers, but what is restricted only to its readers', async () => {
    const key = { name: 'reader', type: 'service_key', permissions: ['read:*'] };
    const reader = app.api.as((await app.api.post('/api/v1/gateway/keys', key)).body.key as string);
    const hidden = { security_context: { visibility: 'restricted', readers: ['nobody'] } };
    const [hub, secret, open] = [await service(hidden), await service(hidden), await service()];
    await relate(secret, hub);
    await relate(open, hub);
    const follower = await SocketFollower.follow(app.url, reader.key!, { types: ['health_changed'] });
    await report(hub, 'unhealthy');
    await report(open, 'healthy');
    // What came before may be numbered after the follower has come.
    const heard = () => follower.events.filter(({ entity }) => [hub, secret, open].includes(entity.id));
    await eventually('the reader hears of both', () => heard().length >= 2);
    const polled = (await reader.get('/api/v1/events?since=0&types=health_changed&limit=1000')).body as Json[];
    follower.cut();
    for (const told of [heard(), polled.filter(({ entity }) => [hub, secret, open].includes(entity.id))]) {
      expect(told.map(({ entity }) => entity.id)).toEqual([open, open]);
      expect(told[0]).toMatchObject({
        type: 'health_changed',
        from: 'unknown',
        to: 'degraded',
        cause: { type: 'dependency' },
      });
      expect(JSON.stringify(told)).not.toContain(hub);
    }
  });

  it('is refused a report that makes no sense, field by field', async () => {
    const id = await service();
    const wrong = await app.api.post(`${SERVICES}/${id}/health`, { status: 'fine', ttl_seconds: 0, colour: 'red' });
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors.map(({ field }: Json) => field).toSorted()).toEqual(['colour', 'status', 'ttl_seconds']);
    expect((await app.api.post(`${SERVICES}/svc_none/health`, { status: 'healthy' })).status).toBe(404);
    expect((await app.api.get(`${SERVICES}/${id}/health?limit=1000`)).status).toBe(400);
  });

  it('is the same that a model by hand finds, after every one of many changes', async () => {
    const random = new Random(20260115);
    const model = healthModel();
    const ids = await services(14);
    for (const id of ids) model.add(id);
    for (let step = 0; step < 120; step++) {
      const pick = (): string => random.pick(ids);
      const what = random.next();
      if (what < 0.45) {
        const [id, status] = [pick(), random.pick(['healthy', 'unhealthy', 'unhealthy', 'degraded'])];
        await report(id, status);
        model.report(id, status);
      } else if (what < 0.8) {
        const [source, target, bidirectional] = [pick(), pick(), random.next() < 0.25];
        if (source === target || model.related(source, target)) continue;
        model.relate(await relate(source, target, { bidirectional }), source, target, bidirectional);
      } else {
        const edge = model.anyEdge(random.next());
        if (!edge) continue;
        await app.api.delete(`${RELATIONSHIPS}/${edge}`);
        model.dissolve(edge);
      }
      expect(await healths(ids)).toEqual(ids.map((id) => model.healthOf(id)));
    }
  });
});
