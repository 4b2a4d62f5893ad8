import type { ApiClient } from '../support/api-client.js';
import { ENTITIES, NOBODY, REGISTRIES, RegistryFixture, keysOf, sorted } from './registry-fixture.js';

describe('registries hold entries', () => {
  let fixture: RegistryFixture;
  let api: ApiClient;
  beforeAll(async () => {
    fixture = await RegistryFixture.start();
    ({ api } = fixture);
  });
  afterAll(() => fixture.app.close());

  const unique = (word: string): string => fixture.unique(word);
  const registry = (level: string, parent_id?: string, more: object = {}) => fixture.registry(level, parent_id, more);
  const service = (more: object = {}) => fixture.service(more);
  const estate = () => fixture.estate();

  it('of every kind, by id, key or name, on every way in', async () => {
    const { one } = await estate();
    const entry = await service({ registry_id: one.name });
    expect(entry.registry_id).toBe(one.id);
    const model = await api.post(ENTITIES, { type: 'model', name: unique('m'), registry_id: one.key });
    expect(model.body.registry_id).toBe(one.id);
    const at = `/api/v1/services/${entry.id}`;
    expect((await api.patch(at, { title: 'x' })).body).toMatchObject({ registry_id: one.id, revision: 2 });
    expect((await api.patch(at, { registry_id: one.key })).body.revision).toBe(2);
    expect((await api.patch(at, { registry_id: null })).body).toMatchObject({ registry_id: null, revision: 3 });
    const put = { type: 'api', registry_id: one.key };
    expect((await api.put(at, put)).body.registry_id).toBe(one.id);
    expect((await api.put(`${ENTITIES}/${model.body.id}`, {})).body.registry_id).toBeNull();
    const name = unique('bulk');
    const [result] = (await api.post(`${ENTITIES}/bulk`, [{ type: 'api', name, registry_id: one.key }])).body;
    expect((await api.get(`${ENTITIES}/${result.id}`)).body.registry_id).toBe(one.id);
    expect((await api.post(`${at}/install`)).body.registry_id).toBe(one.id);
    for (const registry_id of ['nowhere', entry.key, NOBODY]) {
      const refused = await api.patch(`${ENTITIES}/${entry.id}`, { registry_id });
      expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'registry_id']);
    }
  });

  it('that lists are narrowed to, below them too', async () => {
    const { root, one, project } = await estate();
    const [high, low] = [await service({ registry_id: one.id }), await service({ registry_id: project.id })];
    const listed = async (path: string) => sorted(...keysOf((await api.get(path)).body));
    for (const [name, expected] of [
      [one.key, [high.key]],
      [project.name, [low.key]],
      [`${root.id}&recursive=false`, []],
      [`${root.id}&recursive=true`, sorted(high.key, low.key)],
    ] as const) {
      expect(await listed(`${ENTITIES}?type=service&registry=${name}`)).toEqual(expected);
      expect(await listed(`/api/v1/services?registry=${name}`)).toEqual(expected);
    }
    expect(await listed(`${REGISTRIES}/${root.key}/entries?recursive=true&type=service`)).toEqual(
      sorted(high.key, low.key),
    );
    expect(await listed(`${REGISTRIES}/${one.key}/entries`)).toEqual(sorted(high.key, project.key));
    expect((await api.get(`${REGISTRIES}/${one.key}/entries?count=exact&limit=1`)).headers.get('x-total-count')).toBe(
      '2',
    );
    for (const path of [`${ENTITIES}?registry=nowhere`, '/api/v1/services?registry=svc_x']) {
      const refused = await api.get(path);
      expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'registry']);
    }
    expect((await api.get(`${REGISTRIES}/nowhere/entries`)).status).toBe(404);
  });

  it('taken in many at a time, all or none', async () => {
    const { one, two } = await estate();
    const entries = await Promise.all([1, 2, 3].map(() => service()));
    const put = (body: object, to = one.key) => api.put(`${REGISTRIES}/${to}/entries`, body);
    const names = [entries[0].id, entries[1].key, entries[2].id, entries[2].key];
    expect((await put({ entries: names })).body).toEqual({ added: 3, unchanged: 0 });
    expect((await put({ entries: names })).body).toEqual({ added: 0, unchanged: 3 });
    expect((await put({ entries: names }, two.id)).body).toEqual({ added: 3, unchanged: 0 });
    const [event] = (await api.get(`${ENTITIES}/${entries[0].id}/history`)).body;
    expect(event.patch).toEqual([{ op: 'replace', path: '/registry_id', value: two.id }]);
    const refused = await put({ entries: [entries[0].id, 'svc_nowhere', two.key] });
    expect(refused.body.errors.map(({ field }: { field: string }) => field)).toEqual(['entries.1', 'entries.2']);
    expect((await api.get(`${ENTITIES}/${entries[0].id}`)).body.registry_id).toBe(two.id);
    expect((await put({ entries: Array(1001).fill('svc_x') })).body.errors[0].field).toBe('entries');
    expect((await put({ entries: [] }, 'nowhere')).status).toBe(404);
  });

  it('no new ones while they are disabled', async () => {
    const { root, one } = await estate();
    const entry = await service({ registry_id: one.id });
    const other = await service();
    await api.post(`${REGISTRIES}/${one.id}/disable`);
    const refused = [
      await api.post('/api/v1/services', { name: unique('svc'), registry_id: one.id }),
      await api.patch(`${ENTITIES}/${other.id}`, { registry_id: one.id }),
      await api.put(`${ENTITIES}/${other.id}`, { registry_id: one.id }),
      await api.put(`${REGISTRIES}/${one.id}/entries`, { entries: [other.id] }),
      await api.post(REGISTRIES, { name: unique('p'), level: 'project', parent_id: one.id }),
      await api.post(`${REGISTRIES}/${(await registry('tenant')).id}/move`, { parent_id: one.id }),
    ];
    for (const { status, body } of refused) expect([status, body.code]).toEqual([409, 'registry.disabled']);
    const bulk = await api.post(`${ENTITIES}/bulk?mode=best_effort`, [
      { type: 'api', name: unique('x'), registry_id: one.id },
    ]);
    expect(bulk.body[0].error.code).toBe('registry.disabled');
    expect((await api.patch(`${ENTITIES}/${entry.id}`, { title: 'still here' })).status).toBe(200);
    expect((await api.patch(`${REGISTRIES}/${one.id}`, { title: 'still there' })).body.parent_id).toBe(root.id);
    await api.post(`${REGISTRIES}/${one.id}/enable`);
    expect((await api.patch(`${ENTITIES}/${other.id}`, { registry_id: one.id })).status).toBe(200);
  });

  it('counted by type, status and health', async () => {
    const { root, one } = await estate();
    await service({ registry_id: one.id });
    expect((await api.get(`${REGISTRIES}/${one.id}/stats`)).body).toEqual({
      total: 2,
      by_type: { registry: 1, service: 1 },
      by_status: { created: 1, enabled: 1 },
      by_health: { unknown: 2 },
    });
    expect((await api.get(`${REGISTRIES}/${root.id}/stats?recursive=true`)).body).toMatchObject({
      total: 4,
      by_type: { registry: 3, service: 1 },
    });
    expect((await api.get(`${REGISTRIES}/nowhere/stats`)).status).toBe(404);
  });
});
