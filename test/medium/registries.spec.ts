import type { ApiClient } from '../support/api-client.js';
import { ENTITIES, REGISTRIES, RegistryFixture, keysOf, sorted } from './registry-fixture.js';

describe('registries', () => {
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

  const restricted = { security_context: { visibility: 'restricted', readers: ['nobody'] } };

  it('give defaults to what is made in them, from all above, and to nothing else', async () => {
    const { root, one, project } = await estate();
    const put = (id: string, body: object) => api.put(`${REGISTRIES}/${id}/defaults`, body);
    await put(root.id, { owner: 'team-root', tags: ['estate'], config: { level: 'info', region: 'eu' } });
    const answer = await put(project.id, { tags: ['shop', 'shop'], config: { level: 'debug' } });
    const effective = { owner: 'team-root', tags: ['estate', 'shop'], config: { level: 'debug', region: 'eu' } };
    expect(answer.body).toEqual({ own: { owner: null, tags: ['shop'], config: { level: 'debug' } }, effective });
    expect((await api.get(`${REGISTRIES}/${project.key}/defaults`)).body).toEqual(answer.body);
    expect((await api.get(`${REGISTRIES}/${one.key}/defaults`)).body.own).toEqual({
      owner: null,
      tags: [],
      config: {},
    });
    expect(await service({ registry_id: project.id })).toMatchObject({
      owner: 'team-root',
      tags: ['estate', 'shop'],
    });
    expect(await service({ registry_id: project.id, owner: 'me', tags: ['own'] })).toMatchObject({
      owner: 'me',
      tags: ['own'],
    });
    const before = await service();
    expect((await api.patch(`${ENTITIES}/${before.id}`, { registry_id: project.id })).body).toMatchObject({
      owner: null,
      tags: [],
    });
    await put(project.id, { owner: 'team-shop' });
    expect((await service({ registry_id: project.id })).owner).toBe('team-shop');
    expect((await put(project.id, { tags: 'x' })).body.errors[0].field).toBe('tags');
    expect((await put(project.id, { config: { x: 'y'.repeat(70_000) } })).body.errors[0].field).toBe('config');
    expect((await put('nowhere', {})).status).toBe(404);
    expect((await api.get(`${REGISTRIES}/nowhere/defaults`)).status).toBe(404);
  });

  it('are removed only when empty, or by force with all below them, their entries living on', async () => {
    const { root, one, two, project } = await estate();
    const entry = await service({ registry_id: project.id });
    const refused = await api.delete(`${REGISTRIES}/${root.id}`);
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { code: 'registry.not_empty', registries: 2, entries: 0 },
    ]);
    expect((await api.delete(`${REGISTRIES}/${project.id}`)).body).toMatchObject({ registries: 0, entries: 1 });
    expect((await api.delete(`${REGISTRIES}/${two.id}`)).status).toBe(204);
    expect((await api.delete(`${REGISTRIES}/${root.id}?force=true`)).status).toBe(204);
    for (const { id } of [root, one, project]) {
      expect((await api.get(`${REGISTRIES}/${id}`)).status).toBe(404);
      const events = await fixture.app.uow.query(
        "SELECT 1 FROM event WHERE type = 'entity_deleted' AND payload #>> '{entity,id}' = $1",
        [id],
      );
      expect(events).toHaveLength(1);
    }
    expect((await api.get(`${ENTITIES}/${entry.id}`)).body).toMatchObject({ registry_id: null, revision: 2 });
    const [event] = (await api.get(`${ENTITIES}/${entry.id}/history`)).body;
    expect(event.patch).toEqual([{ op: 'replace', path: '/registry_id', value: null }]);
  });

  it('record that they are to be synchronised, and say that nothing else happens', async () => {
    const one = await registry('root', undefined, { sync_mode: 'push' });
    const asked = await api.post(`${REGISTRIES}/${one.key}/sync`);
    expect(asked).toMatchObject({ status: 202, body: { state: 'recorded', mode: 'push' } });
    expect(asked.body.detail).toMatch(/not built yet/);
    const second = await api.post(`${REGISTRIES}/${one.key}/sync`);
    const list = (await api.get(`${REGISTRIES}/${one.id}/sync`)).body;
    expect(list.map(({ id }: { id: string }) => id)).toEqual([second.body.id, asked.body.id]);
    expect((await api.get(`${REGISTRIES}/${one.id}/sync?limit=1`)).body).toHaveLength(1);
    expect((await api.post(`${REGISTRIES}/nowhere/sync`)).status).toBe(404);
    expect((await api.get(`${REGISTRIES}/nowhere/sync`)).status).toBe(404);
  });

  it('come out by key, each after the one above, and go in again in any order', async () => {
    const { root, one, project } = await estate();
    const late = await registry('root');
    await api.post(`${REGISTRIES}/${root.id}/move`, { parent_id: null });
    await api.post(`${REGISTRIES}/${one.id}/move`, { parent_id: late.id });
    const entry = await service({ registry_id: project.id });
    const { body: text } = await api.get(`${ENTITIES}/export?format=ndjson`);
    const items = (text as string).trim().split('\n').map((line) => JSON.parse(line)); // prettier-ignore
    const ours = [late, one, project, entry].map(({ name }) => items.find((item) => item.name === name));
    expect(ours.map(({ registry_id }) => registry_id)).toEqual([null, late.key, one.key, project.key]);
    expect(ours[1].spec.parent_id).toBe(late.key);
    const places = ours.map((item) => items.indexOf(item));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    const send = (list: object[]) =>
      api.post(`${ENTITIES}/import?on_conflict=update`, list.map((item) => JSON.stringify(item)).join('\n'), {
        'content-type': 'application/x-ndjson',
      });
    expect((await send(items)).body).toMatchObject({ created: 0, updated: 0, failed: 0 });
    const renamed = JSON.parse(
      JSON.stringify(ours.toReversed()).replaceAll(/(domain|project|root|svc)-(\d+)/g, '$1-copy-$2'),
    );
    expect((await send(renamed)).body).toMatchObject({ created: 4, failed: 0 });
    const copy = (await api.get(`${REGISTRIES}/${one.name.replace('-', '-copy-')}`)).body;
    expect(copy.parent_key).toBe(late.key.replace('-', '-copy-'));
    const ring = ['a', 'b'].map((name, at, all) => ({
      type: 'registry',
      name: `ring-${name}`,
      spec: { level: 'tenant', parent_id: `ring-${all[1 - at]}` },
    }));
    expect((await send(ring)).body).toMatchObject({ created: 0, failed: 2 });
  });

  it('that are restricted, and restricted entries in them, are in no list and no count', async () => {
    const { root, one, two } = await estate();
    const { stranger } = fixture;
    const hidden = await registry('domain', root.id, restricted);
    const below = await registry('project', hidden.id);
    const secret = await service({ registry_id: one.id, ...restricted });
    const inside = await service({ registry_id: hidden.id });
    const { body: children } = await stranger.get(`${REGISTRIES}/${root.id}/children`);
    expect(sorted(...keysOf(children))).toEqual(sorted(one.key, two.key));
    const tree = (await stranger.get(`${REGISTRIES}/${root.id}/hierarchy`)).body;
    expect([tree.registries, tree.count]).toEqual([2, 4]);
    expect(JSON.stringify(tree)).not.toContain(hidden.name);
    expect(tree.children.find(({ key }: { key: string }) => key === one.key).entries).toBe(0);
    expect(keysOf((await stranger.get(`${REGISTRIES}/hierarchy`)).body.roots)).toContain(below.key);
    expect(keysOf((await stranger.get(`${REGISTRIES}/${below.id}/ancestors`)).body)).toEqual([root.key]);
    expect((await stranger.get(`${REGISTRIES}/${one.id}/stats`)).body.by_type).toEqual({ registry: 1 });
    expect(keysOf((await stranger.get(`${REGISTRIES}/${one.id}/entries`)).body)).not.toContain(secret.key);
    for (const path of ['', '/children', '/entries', '/hierarchy', '/stats', '/defaults', '/sync', '/ancestors'])
      expect((await stranger.get(`${REGISTRIES}/${hidden.id}${path}`)).status).toBe(404);
    expect((await stranger.get(`${ENTITIES}?registry=${hidden.key}`)).status).toBe(400);
    expect((await stranger.get(`${REGISTRIES}/${below.id}`)).body.parent_key).toBeNull();
    const joined = await stranger.post('/api/v1/services', { name: unique('svc'), registry_id: hidden.id });
    expect(joined.status).toBe(400);
    expect((await stranger.patch(`${ENTITIES}/${inside.id}`, { title: 'x' })).body.registry_id).toBe(hidden.id);
    expect((await stranger.put(`${REGISTRIES}/${one.id}/entries`, { entries: [secret.id] })).status).toBe(400);
    expect((await stranger.delete(`${REGISTRIES}/${root.id}?force=true`)).body.code).toBe('registry.not_empty');
    expect((await api.delete(`${REGISTRIES}/${root.id}?force=true`)).status).toBe(204);
  });
});
