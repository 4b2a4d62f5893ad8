import { KindCatalog } from '../../src/entries/kind/kind-catalog.js';
import { transitionOf, verbsFrom } from '../../src/entries/kind/kind.js';
import type { Json } from '../support/api-client.js';
import { KIND_FIXTURES, KindClient, verbsOf } from '../support/kind-fixtures.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

/** Some kinds have fields that are stored encrypted. */
const MASTER_KEY = { REGISTRY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') };

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ env: MASTER_KEY });
});
afterAll(() => app.close());

it('every kind there is passes this suite', () => {
  const tested = KIND_FIXTURES.map(({ kind }) => kind.name);
  expect(app.app.get(KindCatalog).all().map(({ name }) => name).toSorted()).toEqual(tested.toSorted()); // prettier-ignore
});

describe.each(KIND_FIXTURES)('entries of kind $kind.name', ({ kind, instead }) => {
  let client: KindClient;
  beforeAll(() => {
    client = new KindClient(app.api, kind, { instead });
  });

  const { name: type, lifecycle, prefix, fields } = kind;
  const ofThisRevision = { 'If-Match': '"1"' };

  it('are registered with their own fields at the top, and seen as the same entry in the catalog', async () => {
    const answer = await app.api.post(client.path, client.body('first', { title: 'The first', tags: ['a'] }));
    expect(answer).toMatchObject({ status: 201, body: { title: 'The first', status: lifecycle.initial, revision: 1 } });
    const { id, key, ...made } = answer.body;
    expect(answer.headers.get('location')).toBe(client.at(id));
    expect(answer.headers.get('etag')).toBe('"1"');
    const { body: entity } = await app.api.get(`/api/v1/entities/${id}`);
    expect(entity).toMatchObject({ id, key, type, title: 'The first', checksum: made.checksum });
    for (const field of fields) expect(made[field]).toEqual(entity.spec[field] ?? null);
    const named = [id, key, made.name, key.replace(/@.*/, '')];
    for (const one of named) expect((await client.get(one)).id).toBe(id);
    expect((await app.api.get(client.path)).body.map((one: Json) => one.id)).toContain(id);
    expect(key.startsWith(`${prefix}_first`)).toBe(true);
  });

  it('refuse fields that nobody knows, state among them, and names that are taken', async () => {
    for (const [field, value] of [
      ['surprise', 1],
      ['status', lifecycle.initial],
      ['spec', {}],
    ] as const) {
      // prettier-ignore
      const answer = await app.api.post(client.path, client.body('odd', { [field]: value }));
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    }
    await client.make('taken');
    expect(await app.api.post(client.path, client.body('taken'))).toMatchObject({ status: 409 });
  });

  it('are replaced and patched from the revision the writer knows, and not read again without need', async () => {
    const { id } = await client.make('changing', { owner: 'a', metadata: { x: 1, y: 2 } });
    const read = await app.api.get(client.at(id), { 'If-None-Match': '"1"' });
    expect(read).toMatchObject({ status: 304, body: '' });
    const patched = await app.api.patch(client.at(id), { metadata: { y: null, z: 3 } }, ofThisRevision);
    expect(patched).toMatchObject({ status: 200, body: { revision: 2, owner: 'a', metadata: { x: 1, z: 3 } } });
    expect(patched.body.metadata).not.toHaveProperty('y');
    const late = [await app.api.patch(client.at(id), { owner: 'b' }, ofThisRevision), await app.api.put(client.at(id), client.body('changing'), ofThisRevision)]; // prettier-ignore
    for (const answer of late) expect(answer).toMatchObject({ status: 412 });
    const replaced = await app.api.put(client.at(id), client.body('changing', { owner: 'b' }), { 'If-Match': '"2"' });
    expect(replaced).toMatchObject({ status: 200, body: { revision: 3, owner: 'b', metadata: {} } });
    expect(replaced.headers.get('etag')).toBe('"3"');
    expect(await app.api.patch(client.at(id), { surprise: 1 })).toMatchObject({ status: 400 });
    expect(await app.api.put(client.at(id), client.body('another'))).toMatchObject({ status: 422 });
  });

  it('take every step of their lifecycle, by every verb, and no other; a dry run takes none', async () => {
    const cases = lifecycle.states.flatMap((state) => verbsOf(kind).map((verb) => ({ state, ...verb })));
    const ids = await client.place(cases.map(({ state }) => state), 'walk'); // prettier-ignore
    for (const [n, { state, name, verb, step }] of cases.entries()) {
      // With a key that remembers the answer: then the dry run is part of a transaction that is kept.
      const dry = await client.step(ids[n], name, '?dry_run=true', { 'Idempotency-Key': `dry-${ids[n]}-${name}` });
      expect(await client.get(ids[n])).toMatchObject({ status: state, revision: 1 });
      const answer = await client.step(ids[n], name);
      if (step.from.includes(state)) {
        expect(dry).toMatchObject({ status: 200, body: { from: state, to: step.to, dry_run: true } });
        expect(answer).toMatchObject({ status: 200, body: { status: step.to } });
        const [event] = (await client.get(ids[n], 'events?types=transition')) as Json[];
        expect(event).toMatchObject({ type: 'transition', verb, from: state, to: step.to, status: step.to });
      } else {
        const refusal = { code: 'lifecycle.not_allowed', state, allowed: verbsFrom(kind, state) };
        for (const one of [dry, answer]) expect(one).toMatchObject({ status: 409, body: refusal });
        expect(await client.get(ids[n], 'events?types=transition')).toEqual([]);
      }
    }
  });

  it('are moved by one of two writers at once, or by both one after the other, and never halfway', async () => {
    const pairs = lifecycle.states.flatMap((state) => {
      const verbs = verbsFrom(kind, state);
      return verbs.flatMap((one, n) => verbs.slice(n).map((two) => ({ state, verbs: [one, two] })));
    });
    const ids = await client.place(pairs.map(({ state }) => state), 'race'); // prettier-ignore
    for (const [n, { state, verbs }] of pairs.entries()) {
      const answers = await Promise.all(verbs.map((verb) => client.step(ids[n], verb)));
      const steps = ((await client.get(ids[n], 'events?types=transition')) as Json[]).toReversed();
      let at = state;
      for (const { verb, from, to } of steps) {
        expect([from, to]).toEqual([at, transitionOf(kind, verb)![1].to]);
        at = to;
      }
      expect(await client.get(ids[n])).toMatchObject({ status: at });
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(steps.length);
      expect(steps.length).toBeGreaterThan(0);
      for (const { status, body } of answers)
        if (status !== 200) expect({ status, state: body.state, code: body.code }).toEqual({ status: 409, state: at, code: 'lifecycle.not_allowed' }); // prettier-ignore
    }
  });

  it('go, and are found no more by any call', async () => {
    const { id } = await client.make('going');
    await app.api.post(client.at(id, 'logs'), { level: 'info', message: 'here' });
    await app.api.post(client.at(id, 'metrics'), { name: 'cpu', value: 1 });
    await app.api.put(client.at(id, 'config'), { a: 1 });
    expect(await app.api.delete(client.at(id), { 'If-Match': '"7"' })).toMatchObject({ status: 412 });
    expect(await app.api.delete(client.at(id))).toMatchObject({ status: 204 });
    for (const call of ['', 'logs', 'metrics', 'config', 'dependencies', 'dependents', 'events'])
      expect(await app.api.get(client.at(id, call))).toMatchObject({
        status: 404,
        body: { code: `${type}.not_found` },
      });
  });
});
