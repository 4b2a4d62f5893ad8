import type { Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const FEATURES = '/api/v1/features';

describe('feature flags', () => {
  let app: TestApp;
  let made = 0;

  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const flag = async (fields: object = {}, verb = 'enable'): Promise<Json> => {
    const { status, body } = await app.api.post(FEATURES, { name: `flag-${++made}`, ...fields });
    if (status !== 201) throw new Error(JSON.stringify(body));
    if (verb) await app.api.post(`${FEATURES}/${body.id}/${verb}`);
    return body;
  };
  const ask = async (id: string, context: object = { targeting_key: 'u1' }, environment?: string): Promise<Json> =>
    (await app.api.post(`${FEATURES}/${id}/evaluate`, { context, environment })).body;

  it('answer their default until they are enabled, and what was written as soon as the writer is answered', async () => {
    const { id, name, key } = await flag({ default_value: 'classic', variants: [{ key: 'v', value: 'new' }] }, '');
    expect(await ask(id)).toMatchObject({
      key: name,
      enabled: false,
      value: 'classic',
      variant: null,
      reason: 'disabled',
    });
    await app.api.post(`${FEATURES}/${id}/enable`);
    for (const one of [id, name, key])
      expect(await ask(one)).toMatchObject({ enabled: true, value: 'new', variant: 'v', reason: 'static', rule: null });
    for (let i = 0; i < 20; i++) {
      await app.api.patch(`${FEATURES}/${id}`, { variants: [{ key: 'v', value: i }] });
      expect(await ask(id)).toMatchObject({ value: i });
    }
    await app.api.post(`${FEATURES}/${id}/disable`);
    expect(await ask(id)).toMatchObject({ enabled: false, value: 'classic' });
    await app.api.delete(`${FEATURES}/${id}`);
    expect(await app.api.post(`${FEATURES}/${id}/evaluate`, {})).toMatchObject({
      status: 404,
      body: { code: 'feature_flag.not_found' },
    });
  });

  it('let rules decide, nested ones too, and environments say otherwise field by field', async () => {
    const { id } = await flag({
      rules: [
        { name: 'north', any: [{ attribute: 'country', operator: 'IN', values: ['NO', 'SE'] }, { not: { attribute: 'age', operator: 'lt', values: [99] } }] }, // prettier-ignore
        { attribute: 'email', operator: 'ends_with', values: ['@EXAMPLE.com'], case_insensitive: true },
      ],
      environments: { staging: { rules: [] }, production: { enabled: false }, canary: { percentage: 0 } },
    });
    expect(await ask(id, { country: 'SE', age: 5 })).toMatchObject({ enabled: true, rule: 'north', environment: 'default' }); // prettier-ignore
    expect(await ask(id, { email: 'a@example.COM', age: 5 })).toMatchObject({ enabled: true, rule: 'rule 2' });
    expect(await ask(id, { age: 5 })).toMatchObject({ enabled: false, reason: 'default' });
    expect(await ask(id, { age: 5 }, 'staging')).toMatchObject({ enabled: true, environment: 'staging' });
    expect(await ask(id, { country: 'SE' }, 'production')).toMatchObject({ enabled: false, reason: 'disabled' });
    expect(await ask(id, { country: 'SE' }, 'canary')).toMatchObject({ enabled: false });
    expect(await ask(id, { country: 'SE' }, 'unheard-of')).toMatchObject({ enabled: true, environment: 'default' });
  });

  it('are open to those only whom a rule names while they are tested', async () => {
    const rules = [{ attribute: 'staff', operator: 'eq', values: [true] }];
    for (const strategy of ['instant', 'canary']) {
      const { id } = await flag({ strategy, percentage: 100, rules }, 'test');
      expect(await ask(id, { targeting_key: 'a', staff: true })).toMatchObject({ enabled: true });
      expect(await ask(id, { targeting_key: 'a' })).toMatchObject({ enabled: false });
    }
    const { id } = await flag({}, 'test');
    expect(await ask(id)).toMatchObject({ enabled: false });
  });

  it('are refused, naming the field, when they can not be evaluated', async () => {
    const condition = { attribute: 'a', operator: 'matches', values: ['('] };
    for (const [fields, field] of [
      [{ percentage: 12.345 }, 'percentage'],
      [{ percentage: 101 }, 'percentage'],
      [{ rules: [{ operator: 'eq' }] }, 'rules.0'],
      [{ rules: [{ attribute: 'a' }] }, 'rules.0.operator'],
      [{ rules: [condition] }, 'rules.0.values.0'],
      [
        {
          rules: [
            {
              all: [
                { attribute: 'a', operator: 'eq', values: ['1'] },
                { ...condition, segment: 'b' },
              ],
            },
          ],
        },
        'rules.0.all.1',
      ],
      [{ rules: [{ attribute: 'a', operator: 'exists', variant: 'none' }] }, 'rules.0.variant'],
      [
        {
          variants: [
            { key: 'a', value: 1 },
            { key: 'a', value: 2 },
          ],
        },
        'variants.1.key',
      ],
      [{ variants: [{ key: 'a' }] }, 'variants.0.value'],
      [{ environments: { Production: {} } }, 'environments.Production'],
      [{ environments: { production: { percentage: -1 } } }, 'environments.production.percentage'],
      [{ environments: { production: { rules: [condition] } } }, 'environments.production.rules.0.values.0'],
      [{ environments: { production: { surprise: 1 } } }, 'environments.production.surprise'],
      [{ schedule: [{ percentage: 5 }] }, 'schedule.0.at'],
      [
        {
          schedule: [
            { at: '2030-01-01T00:00:00Z', percentage: 5 },
            { at: '2029-01-01T00:00:00Z', percentage: 6 },
          ],
        },
        'schedule.1.at',
      ],
      [{ evaluation_metadata: { a: [] } }, 'evaluation_metadata.a'],
      [{ flag_key: 'no spaces' }, 'flag_key'],
      [{ dialect: 'unleash', definition: { strategies: 'x' } }, 'definition'],
      [{ dialect: 'flagd', definition: { variants: { a: 1 }, defaultVariant: 'b' } }, 'definition.defaultVariant'],
    ] as const) {
      const { status, body } = await app.api.post(FEATURES, { name: 'wrong', ...fields });
      const fieldOf = body.errors?.[0]?.field ?? JSON.stringify(body);
      expect([status, fieldOf.startsWith(field) ? field : fieldOf]).toEqual([400, field]);
    }
  });

  it('may need one another, at any depth, but never in a circle, whichever way it is written', async () => {
    const [a, b, c] = [await flag(), await flag(), await flag()];
    const needs = (one: Json, ...others: Json[]) =>
      app.api.patch(`${FEATURES}/${one.id}`, { prerequisites: others.map(({ name }) => ({ flag: name })) });
    expect(await needs(a, b)).toMatchObject({ status: 200 });
    expect(await needs(b, c)).toMatchObject({ status: 200 });
    const cycle = [c.name, a.name, b.name, c.name];
    expect(await needs(c, a)).toMatchObject({
      status: 422,
      body: {
        code: 'feature_flag.prerequisite_cycle',
        cycle,
        errors: [{ field: 'prerequisites', message: expect.stringContaining(cycle.join(' → ')) }],
      },
    });
    expect(await needs(a, a)).toMatchObject({ status: 422, body: { cycle: [a.name, a.name] } });
    const inOne = await app.api.patch(`${FEATURES}/${c.id}`, { environments: { dev: { prerequisites: [{ flag: b.name }] } } }); // prettier-ignore
    expect(inOne).toMatchObject({ status: 422, body: { cycle: [c.name, b.name, c.name] } });
    expect(await ask(a.id)).toMatchObject({ enabled: true });
    await app.api.post(`${FEATURES}/${c.id}/disable`);
    expect(await ask(a.id)).toMatchObject({ enabled: false, reason: 'default', rule: `prerequisite ${b.name}` });
    const outcomes = await Promise.all([flag(), flag()].map(async (one) => one));
    const both = await Promise.all([needs(outcomes[0], outcomes[1]), needs(outcomes[1], outcomes[0])]);
    expect(both.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 422]);
  });

  it('answer to a key of their own, which no other flag may have', async () => {
    const { id } = await flag({ flag_key: 'checkoutV2.Payment' });
    expect(await ask('checkoutV2.Payment')).toMatchObject({ key: 'checkoutV2.Payment', enabled: true });
    const taken = await app.api.post(FEATURES, { name: 'other', flag_key: 'checkoutV2.Payment' });
    expect(taken).toMatchObject({ status: 409, body: { code: 'feature_flag.key_taken' } });
    const { name } = await flag();
    expect(await app.api.post(FEATURES, { name: 'third', flag_key: name })).toMatchObject({ status: 409 });
    const many = await app.api.post('/api/v1/entities/bulk?mode=best_effort', ['p', 'q'].map((one) => ({ type: 'feature_flag', name: `twin-${one}`, spec: { flag_key: 'Twin' } }))); // prettier-ignore
    expect(many.body.map(({ status }: Json) => status).toSorted()).toEqual(['created', 'failed']);
    expect(await ask(id)).toMatchObject({ key: 'checkoutV2.Payment' });
  });

  it('explain step by step what they answer', async () => {
    const parent = await flag();
    const { id } = await flag({
      strategy: 'gradual',
      percentage: 50,
      prerequisites: [{ flag: parent.name }],
      rules: [{ name: 'adults', attribute: 'age', operator: 'gte', values: [18] }],
    });
    const { body } = await app.api.post(`${FEATURES}/${id}/explain`, { context: { targeting_key: 'u1', age: 20 } });
    expect(body).toMatchObject({ environment: 'default', steps: [{ kind: 'flag' }] });
    const kinds = (steps: Json[]): string[] => steps.flatMap((one) => [one.kind, ...kinds(one.steps)]);
    expect(kinds(body.steps)).toEqual(expect.arrayContaining(['prerequisite', 'rule', 'condition', 'rollout']));
    const { steps: _steps, ...answer } = body;
    expect(await ask(id, { targeting_key: 'u1', age: 20 })).toEqual(answer);
    expect((await app.api.get(`${FEATURES}/${id}/explain?targeting_key=u1`)).body).toMatchObject({ enabled: false, reason: 'default' }); // prettier-ignore
  });

  it('are answered all at once, or some; archived ones are left out, and answer their default', async () => {
    const [one, two, gone] = [await flag(), await flag(), await flag({}, 'archive')];
    const all = (await app.api.post(`${FEATURES}/evaluate`, { context: { targeting_key: 'u' } })).body;
    const keys = all.flags.map(({ key }: Json) => key);
    expect(keys).toEqual(keys.toSorted());
    expect(keys).toEqual(expect.arrayContaining([one.name, two.name]));
    expect(keys).not.toContain(gone.name);
    const some = (await app.api.post(`${FEATURES}/evaluate`, { keys: [two.name, 'nowhere'] })).body;
    expect(some.flags).toMatchObject([{ key: two.name, enabled: true }]);
    expect(await ask(gone.id)).toMatchObject({ enabled: false, reason: 'disabled' });
  });

  it('that are restricted are not there for others, in no answer', async () => {
    const secret = await flag({ security_context: { visibility: 'restricted', readers: ['role:insider'] } });
    const { key } = (await app.api.post('/api/v1/gateway/keys', { name: 'sdk', type: 'api_key', permissions: ['read:feature_flag'] })).body; // prettier-ignore
    const sdk = app.api.as(key);
    for (const one of [secret.id, secret.name])
      expect(await sdk.post(`${FEATURES}/${one}/evaluate`, {})).toMatchObject({ status: 404 });
    const { flags } = (await sdk.post(`${FEATURES}/evaluate`, {})).body;
    expect(flags.length).toBeGreaterThan(0);
    expect(flags.map((one: Json) => one.key)).not.toContain(secret.name);
    expect(await ask(secret.id)).toMatchObject({ enabled: true });
  });
});
