import type { ApiClient } from '../support/api-client.js';
import { ENTITIES, NOBODY, REGISTRIES, RegistryFixture, keysOf, sorted } from './registry-fixture.js';

describe('registries stand in a tree', () => {
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

  it('by id, key or name of the one above, which is stored as its id and answered with its key', async () => {
    const { root, one, two, project } = await estate();
    expect(one).toMatchObject({ parent_id: root.id, parent_key: root.key, registry_id: root.id });
    expect(two.parent_key).toBe(root.key);
    expect(project).toMatchObject({ parent_id: one.id, parent_key: one.key, level: 'project' });
    expect(root).toMatchObject({ parent_id: null, parent_key: null, registry_id: null });
    expect((await api.get(`${ENTITIES}/${one.id}`)).body).toMatchObject({
      registry_id: root.id,
      spec: { parent_id: root.id, level: 'domain' },
    });
    const catalog = await api.post(ENTITIES, {
      type: 'registry',
      name: unique('reg'),
      registry_id: root.name,
      spec: { level: 'tenant' },
    });
    expect(catalog.body.spec.parent_id).toBe(root.id);
  });

  it('of levels that fall, or are refused with both levels named', async () => {
    const { root, one, project } = await estate();
    const refused = async (answer: { status: number; body: object }, child: string, parent: string) =>
      expect(answer).toMatchObject({
        status: 422,
        body: { code: 'registry.level', child_level: child, parent_level: parent },
      });
    const create = (level: string, parent_id: string) => api.post(REGISTRIES, { name: unique('x'), level, parent_id });
    await refused(await create('domain', one.key), 'domain', 'domain');
    await refused(await create('root', one.key), 'root', 'domain');
    await refused(await api.patch(`${REGISTRIES}/${one.id}`, { level: 'project' }), 'project', 'project');
    await refused(await api.patch(`${REGISTRIES}/${one.id}`, { level: 'root' }), 'root', 'root');
    await refused(await api.patch(`${ENTITIES}/${project.id}`, { spec: { level: 'domain' } }), 'domain', 'domain');
    await refused(await api.post(`${REGISTRIES}/${one.id}/move`, { parent_id: (await registry('tenant')).id }), 'domain', 'tenant'); // prettier-ignore
    expect((await api.patch(`${REGISTRIES}/${project.id}`, { level: 'tenant' })).status).toBe(200);
    expect((await api.get(`${REGISTRIES}/${root.id}`)).body.revision).toBe(1);
  });

  it('and name what is wrong with a parent', async () => {
    const entry = await service();
    for (const parent_id of ['reg_nowhere', NOBODY, entry.id, entry.key, 'x y']) {
      const answer = await api.post(REGISTRIES, { name: unique('x'), level: 'tenant', parent_id });
      expect([answer.status, answer.body.errors?.[0].field]).toEqual([400, 'parent_id']);
    }
    const [one, two] = [await registry('root'), await registry('root')];
    const both = await api.post(REGISTRIES, {
      name: unique('x'),
      level: 'tenant',
      parent_id: one.key,
      registry_id: two.key,
    });
    expect([both.status, both.body.errors[0].field]).toEqual([400, 'registry_id']);
  });

  it('that answers children, ancestors and itself, whole or to a depth', async () => {
    const { root, one, two, project } = await estate();
    await service({ registry_id: project.key });
    expect(sorted(...keysOf((await api.get(`${REGISTRIES}/${root.key}/children?sort=name`)).body))).toEqual(
      sorted(one.key, two.key),
    );
    expect((await api.get(`${REGISTRIES}/${root.key}/children?level=project`)).body).toEqual([]);
    expect(keysOf((await api.get(`${REGISTRIES}/${project.name}/ancestors`)).body)).toEqual([root.key, one.key]);
    const tree = (await api.get(`${REGISTRIES}/${root.id}/hierarchy`)).body;
    expect(tree).toMatchObject({ key: root.key, depth: 0, registries: 2, entries: 0, count: 4, truncated: false });
    const found = tree.children.find(({ key }: { key: string }) => key === one.key);
    expect(found).toMatchObject({ depth: 1, children: [{ key: project.key, depth: 2, entries: 1, children: [] }] });
    const shallow = (await api.get(`${REGISTRIES}/${root.id}/hierarchy?depth=1`)).body;
    expect([shallow.count, shallow.children.every((child: { children: [] }) => child.children.length === 0)]).toEqual([
      3,
      true,
    ]);
    const cut = (await api.get(`${REGISTRIES}/${root.id}/hierarchy?limit=2`)).body;
    expect([cut.count, cut.truncated, cut.children.length]).toEqual([2, true, 1]);
    const forest = (await api.get(`${REGISTRIES}/hierarchy`)).body;
    expect(keysOf(forest.roots)).toContain(root.key);
    expect(keysOf(forest.roots)).not.toContain(one.key);
    for (const path of ['/nowhere/children', '/nowhere/ancestors', '/nowhere/hierarchy'])
      expect((await api.get(`${REGISTRIES}${path}`)).body.code).toBe('registry.not_found');
    expect((await api.get(`${REGISTRIES}/hierarchy?limit=0`)).body.errors[0].field).toBe('limit');
  });

  it('in which they are moved with all below them, and never below themselves', async () => {
    const { root, one, two, project } = await estate();
    const move = (id: string, body: object, headers = {}) => api.post(`${REGISTRIES}/${id}/move`, body, headers);
    const moved = await move(project.id, { parent_id: two.key });
    expect(moved.body).toMatchObject({ parent_id: two.id, parent_key: two.key, revision: 2 });
    for (const parent_id of [root.key, project.key])
      expect((await move(root.id, { parent_id })).body.code).toBe('registry.cycle');
    expect((await api.patch(`${REGISTRIES}/${root.id}`, { parent_id: project.id })).body.code).toBe('registry.cycle');
    expect((await move(one.id, { parent_id: null })).body).toMatchObject({ parent_id: null, parent_key: null });
    expect((await api.patch(`${ENTITIES}/${one.id}`, { registry_id: root.key })).body.spec.parent_id).toBe(root.id);
    expect((await api.patch(`${REGISTRIES}/${one.id}`, { parent_id: null })).body.parent_id).toBeNull();
    expect((await move(one.id, {})).body.errors[0].field).toBe('parent_id');
    expect((await move(one.id, { parent_id: 'nowhere' })).body.errors[0].field).toBe('parent_id');
    expect((await move('nowhere', { parent_id: null })).status).toBe(404);
    expect((await move(one.id, { parent_id: root.id }, { 'if-match': '"1"' })).status).toBe(412);
    const events = (await api.get(`${ENTITIES}/${project.id}/history`)).body;
    expect(events[0].patch).toContainEqual({ op: 'replace', path: '/registry_id', value: two.id });
  });

  it('that two moves at once never close to a ring', async () => {
    for (let round = 0; round < 10; round++) {
      const [a, b] = [await registry('domain'), await registry('project')];
      const [up, down] = await Promise.all([
        api.post(`${REGISTRIES}/${b.id}/move`, { parent_id: a.id }),
        api.put(`${REGISTRIES}/${a.id}`, { level: 'environment', parent_id: b.id }),
      ]);
      expect(new Set([up.status, down.status])).toEqual(new Set([200, 422]));
    }
  });
});
