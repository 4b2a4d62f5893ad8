import type { Answer, Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const FEATURES = '/api/v1/features';
const SEGMENTS = `${FEATURES}/segments`;

let app: TestApp;
let made = 0;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

const flag = async (fields: object): Promise<Json> => {
  const { status, body } = await app.api.post(FEATURES, { name: `changing-${++made}`, ...fields });
  if (status !== 201) throw new Error(JSON.stringify(body));
  await app.api.post(`${FEATURES}/${body.id}/enable`);
  return body;
};
const ask = async (id: string, context: object, environment?: string): Promise<Json> =>
  (await app.api.post(`${FEATURES}/${id}/evaluate`, { context, environment })).body;

describe('segments', () => {
  const staff = { attribute: 'email', operator: 'ends_with', values: ['@example.com'] };

  it('are made, read, replaced from the revision the writer knows, and removed', async () => {
    const created = await app.api.post(SEGMENTS, { key: 'Staff', name: 'Us', clause: staff, included: ['ada'] });
    expect(created).toMatchObject({ status: 201, body: { key: 'Staff', revision: 1, included: ['ada'], excluded: [], clause: staff, constraints: null } }); // prettier-ignore
    expect(created.headers.get('location')).toBe(`${SEGMENTS}/Staff`);
    expect(await app.api.post(SEGMENTS, { key: 'Staff' })).toMatchObject({ status: 409 });
    expect(await app.api.get(`${SEGMENTS}/Staff`, { 'If-None-Match': '"1"' })).toMatchObject({ status: 304 });
    const replaced = await app.api.put(`${SEGMENTS}/Staff`, { excluded: ['eve'] }, { 'If-Match': '"1"' });
    expect(replaced).toMatchObject({
      status: 200,
      body: { revision: 2, name: null, included: [], excluded: ['eve'], clause: null },
    });
    expect(await app.api.put(`${SEGMENTS}/Staff`, {}, { 'If-Match': '"1"' })).toMatchObject({ status: 412 });
    expect((await app.api.get(SEGMENTS)).body.map(({ key }: Json) => key)).toContain('Staff');
    expect(await app.api.delete(`${SEGMENTS}/Staff`)).toMatchObject({ status: 204 });
    expect(await app.api.get(`${SEGMENTS}/Staff`)).toMatchObject({
      status: 404,
      body: { code: 'feature_segment.not_found' },
    });
    const { body } = await app.api.get('/api/v1/gateway/audit?action=feature_segment.update');
    expect((body.items ?? body)[0]).toMatchObject({ action: 'feature_segment.update' });
  });

  it('decide as soon as they are written, and hold what uses them', async () => {
    await app.api.post(SEGMENTS, { key: 'inner', clause: staff, excluded: ['eve'] });
    await app.api.post(SEGMENTS, { key: 'outer', clause: { any: [{ segment: 'inner' }, { attribute: 'beta', operator: 'eq', values: [true] }] } }); // prettier-ignore
    const { id, name } = await flag({ segments: ['outer'] });
    expect(await ask(id, { targeting_key: 'bob', email: 'bob@example.com' })).toMatchObject({ enabled: true });
    expect(await ask(id, { targeting_key: 'eve', email: 'eve@example.com' })).toMatchObject({ enabled: false });
    await app.api.put(`${SEGMENTS}/inner`, { included: ['eve'] });
    expect(await ask(id, { targeting_key: 'eve' })).toMatchObject({ enabled: true });
    expect((await app.api.get(`${SEGMENTS}/outer/usage`)).body).toEqual({
      flags: [{ id, key: name }],
      segments: [],
      hidden: 0,
    });
    for (const key of ['inner', 'outer'])
      expect(await app.api.delete(`${SEGMENTS}/${key}`)).toMatchObject({ status: 409, body: { code: 'feature_segment.in_use' } }); // prettier-ignore
    await app.api.delete(`${FEATURES}/${id}`);
    for (const key of ['outer', 'inner'])
      expect(await app.api.delete(`${SEGMENTS}/${key}`)).toMatchObject({ status: 204 });
  });

  it('are refused when they contain themselves, name what there is not, or can not be read', async () => {
    await app.api.post(SEGMENTS, { key: 'a' });
    await app.api.post(SEGMENTS, { key: 'b', clause: { segment: 'a' } });
    const circle = await app.api.put(`${SEGMENTS}/a`, { clause: { not: { segment: 'b' } } });
    expect(circle).toMatchObject({ status: 422, body: { detail: expect.stringContaining('a → b → a') } });
    expect(await app.api.put(`${SEGMENTS}/a`, { clause: { segment: 'nowhere' } })).toMatchObject({ status: 422 });
    for (const [body, field] of [
      [{ key: '-x' }, 'key'],
      [{ key: 'x', clause: {} }, 'clause'],
      [
        { key: 'x', clause: { all: [{ attribute: 'a', operator: 'matches', values: ['('] }] } },
        'clause.all.0.values.0',
      ],
      [{ key: 'x', constraints: ['y'] }, 'constraints'],
      [{ key: 'x', surprise: 1 }, 'surprise'],
    ] as const)
      expect(await app.api.post(SEGMENTS, body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    const unknown = await app.api.post(FEATURES, { name: 'lost', rules: [{ all: [{ segment: 'nowhere' }] }] });
    expect(unknown).toMatchObject({
      status: 422,
      body: { code: 'feature_flag.segment_unknown', missing: ['nowhere'] },
    });
  });
});

describe('a flag that is reverted', () => {
  it('has the settings of the earlier revision in a new one, and says so in its history', async () => {
    const { id } = await flag({ percentage: 5, owner: 'a' });
    await app.api.patch(`${FEATURES}/${id}`, { percentage: 70, default_value: 'x', owner: 'b' });
    const { revision } = (await app.api.get(`${FEATURES}/${id}`)).body;
    const { status, body } = await app.api.post(
      `${FEATURES}/${id}/revert`,
      { revision: 1 },
      { 'If-Match': `"${revision}"` },
    );
    expect([status, body]).toMatchObject([200, { percentage: 5, default_value: null, owner: 'b', status: 'enabled', revision: revision + 1 }]); // prettier-ignore
    const [event] = (await app.api.get(`${FEATURES}/${id}/events?types=flag_reverted`)).body;
    expect(event).toMatchObject({ reverted_to: 1, revision: revision + 1 });
    expect((await app.api.post(`${FEATURES}/${id}/revert`, { revision })).body).toMatchObject({
      percentage: 70,
      default_value: 'x',
    });
    expect(await app.api.post(`${FEATURES}/${id}/revert`, { revision: 99 })).toMatchObject({ status: 404, body: { code: 'feature_flag.revision_not_found' } }); // prettier-ignore
    expect(await app.api.post(`${FEATURES}/${id}/revert`, { revision: 1 }, { 'If-Match': '"1"' })).toMatchObject({
      status: 412,
    });
    expect(await app.api.post(`${FEATURES}/${id}/revert`, {})).toMatchObject({ status: 400 });
  });
});

describe('promotion', () => {
  const promote = (body: object): Promise<Answer> => app.api.post(`${FEATURES}/promote`, body);

  it('is a plan first, then carried out whole, and nothing the second time', async () => {
    const rules = [{ attribute: 'country', operator: 'in', values: ['DE'] }];
    const parent = await flag({ environments: { production: { enabled: false } } });
    const one = await flag({
      percentage: 5,
      environments: {
        staging: { percentage: 100, rules, prerequisites: [{ flag: parent.name }] },
        production: { default_value: 'only there', guardrail: { metric: 'e', limit: 1 } },
      },
    });
    const two = await flag({ environments: { staging: { enabled: false } } });
    const same = await flag({});
    const keys = [one, two, same].map(({ name }) => name).concat('nowhere');
    const plan = (await promote({ from: 'staging', to: 'production', keys, dry_run: true })).body;
    expect(plan).toMatchObject({ dry_run: true, applied: false, possible: true, unknown_keys: ['nowhere'] });
    const actions = plan.flags.map(({ key, action, changes }: Json) => [
      key,
      action,
      changes.map(({ field }: Json) => field),
    ]);
    expect(actions).toEqual([
      [one.name, 'update', ['default_value', 'percentage', 'rules', 'prerequisites', 'guardrail']],
      [two.name, 'create', ['enabled']],
      [same.name, 'unchanged', []],
    ]);
    expect(plan.flags[0].changes[1]).toEqual({ field: 'percentage', before: 5, after: 100 });
    expect(plan.flags[0].missing_prerequisites).toEqual([parent.name]);
    expect(await ask(one.id, { country: 'FR' }, 'production')).toMatchObject({ value: 'only there' });
    const done = (await promote({ from: 'staging', to: 'production', keys })).body;
    expect(done).toMatchObject({ applied: true, flags: plan.flags });
    expect((await app.api.get(`${FEATURES}/${one.id}`)).body.environments.production).toEqual({ percentage: 100, rules, prerequisites: [{ flag: parent.name }] }); // prettier-ignore
    expect(await ask(two.id, {}, 'production')).toMatchObject({ reason: 'disabled' });
    const again = (await promote({ from: 'staging', to: 'production', keys })).body;
    expect(again.flags.every(({ action }: Json) => action === 'unchanged')).toBe(true);
    const [event] = (await app.api.get(`${FEATURES}/${two.id}/events?types=flag_promoted`)).body;
    expect(event).toMatchObject({ fields: ['enabled'] });
  });

  it('reaches the default too, and back', async () => {
    const { id, name } = await flag({ percentage: 5, environments: { staging: { percentage: 60 } } });
    await promote({ from: 'staging', to: 'default', keys: [name] });
    expect((await app.api.get(`${FEATURES}/${id}`)).body).toMatchObject({ percentage: 60 });
    await app.api.patch(`${FEATURES}/${id}`, { percentage: 7 });
    await promote({ from: 'default', to: 'staging', keys: [name] });
    expect((await app.api.get(`${FEATURES}/${id}`)).body.environments).toEqual({ staging: {} });
  });

  it('is refused for environments that are none', async () => {
    expect(await promote({ from: 'a b', to: 'c' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'from' }] },
    });
    expect(await promote({ from: 'c', to: 'C' })).toMatchObject({ status: 400, body: { errors: [{ field: 'to' }] } });
    expect(await promote({ from: 'c' })).toMatchObject({ status: 400, body: { errors: [{ field: 'to' }] } });
  });
});
