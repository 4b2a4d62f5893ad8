import { ApiClient } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const AI = '/api/v1/ai';
const ENTITIES = '/api/v1/entities';
/** The model is loaded, and entries get their vectors in the background. */
jest.setTimeout(120_000);

const NOTIFIERS = [
  ['mail-alerts', 'Sends an e-mail to subscribers when a build fails', ['mail', 'alerts']],
  ['sms-push', 'Pushes text messages to the phones of subscribers', ['sms', 'alerts']],
  ['chat-alerts', 'Posts alerts to chat rooms and subscribers', ['chat', 'alerts']],
] as const;
const QUESTION = 'Tells subscribers by e-mail and text message that a build failed';

let app: TestApp;
const ask = (call: string, body: object) => app.api.post(`${AI}/${call}`, body);

async function create(entry: object): Promise<string> {
  const { status, body } = await app.api.post(ENTITIES, entry);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id as string;
}

/** A client whose key may read, and sees no restricted entry. */
async function reader(): Promise<ApiClient> {
  const body = { name: 'reader', type: 'api_key', permissions: ['read:*'] };
  const answer = await app.api.post('/api/v1/gateway/keys', body);
  return new ApiClient(app.url, answer.body.key as string);
}

beforeAll(async () => {
  app = await testApp({ env: { EMBEDDING_PROVIDER: 'local' } });
  for (const [name, description, tags] of NOTIFIERS)
    await create({ type: 'notification', name, description, tags, feature: 'observability' });
  await create({ type: 'dataset', name: 'cities', description: 'Names and places of cities', tags: ['geo'] });
  await create({ type: 'service', name: 'payments-api', version: '1.0.0', description: 'Takes card payments' });
  await eventually('all have vectors', async () => {
    const { body } = await ask('tags', { text: QUESTION });
    return body.neighbours === true && body.tags[0]?.tag === 'alerts';
  });
});
afterAll(() => app.close());

describe('POST /ai/classify', () => {
  it('goes by the entries that are like the text, and names them', async () => {
    const { status, body } = await ask('classify', { text: QUESTION });
    expect(status).toBe(200);
    expect(body.category).toMatchObject({ value: 'notification', method: 'neighbours', rule: null });
    expect(body.category.neighbours[0]).toMatchObject({ key: expect.stringMatching(/^notification_/) });
    expect(body.feature).toMatchObject({ value: 'observability', method: 'neighbours' });
    expect(body.category.confidence).toBeGreaterThan(body.category.candidates[1].confidence);
    expect(body).toMatchObject({ calibrated: expect.any(Boolean), model: expect.stringMatching(/^static-en-384@/) });
  });

  it('goes by descriptions where nothing is like it', async () => {
    const { body } = await ask('classify', { text: 'Recognises faces in photographs by deep learning' });
    expect(body.feature).toMatchObject({ value: 'ai-ml', method: 'zero_shot', neighbours: [] });
    expect(body.feature.confidence).toBeGreaterThan(0.4);
  });

  it('says the same as registering does where a rule matches', async () => {
    const named = { name: 'tensor-scaler', title: 'Scales pictures' };
    const { body } = await ask('classify', named);
    const entry = await app.api.post(ENTITIES, { type: 'service', ...named });
    expect(entry.body.classification).toEqual({
      feature: body.feature.value,
      confidence: body.feature.confidence,
      rule: body.feature.rule,
    });
    expect(body.feature.method).toBe('rule');
  });

  it('takes no entry for an example whose feature nobody gave it, until somebody does', async () => {
    const text = 'Grows tomatoes on balconies';
    const id = await create({ type: 'service', name: 'tomato-metrics', description: text });
    await eventually('it has a vector', async () => {
      const { body } = await ask('classify', { text });
      return body.category.neighbours.some((one: { id: string }) => one.id === id);
    });
    const neighboursNow = async (): Promise<{ id: string }[]> =>
      (await ask('classify', { text })).body.feature.neighbours;
    expect((await neighboursNow()).some((one) => one.id === id)).toBe(false);
    await app.api.patch(`${ENTITIES}/${id}`, { feature: 'system-ops' });
    const { body } = await ask('classify', { text });
    expect(body.feature).toMatchObject({ value: 'system-ops', method: 'neighbours', neighbours: [{ id }] });
  });

  it('hears a correction, and forgets it again', async () => {
    const text = 'Nightly job that books payments into the ledger';
    const told = await app.api.post(`${AI}/feedback`, { text, category: 'pipeline', feature: 'data-engineering' });
    expect(told).toMatchObject({ status: 201, body: { text, category: 'pipeline', feature: 'data-engineering' } });
    const { body } = await ask('classify', { text: 'Job that books payments into a ledger every night' });
    expect(body.category).toMatchObject({
      value: 'pipeline',
      method: 'neighbours',
      neighbours: [{ id: told.body.id, key: null }],
    });
    expect(body.feature.value).toBe('data-engineering');
    const again = await app.api.post(`${AI}/feedback`, { text, category: 'workflow' });
    expect(again.body).toMatchObject({ id: told.body.id, category: 'workflow', feature: 'data-engineering' });
    expect((await app.api.get(`${AI}/feedback`)).body).toMatchObject([{ id: told.body.id, category: 'workflow' }]);
    expect((await app.api.delete(`${AI}/feedback/${told.body.id}`)).status).toBe(204);
    expect((await app.api.delete(`${AI}/feedback/${told.body.id}`)).status).toBe(404);
    expect(
      (await ask('classify', { text })).body.category.neighbours.some((one: { key: null }) => one.key === null),
    ).toBe(false);
  });
});

describe('POST /ai/extract', () => {
  it('finds technologies, versions, addresses, licences, people and the catalog’s own entries, with offsets', async () => {
    const text =
      'payments-api (Apache-2.0, by Jane Doe of Acme Corp.) runs on PostgreSQL 15, port 5432; see https://pay.example/x, svc_payments-api@1.0.0.';
    const { status, body } = await ask('extract', { text });
    expect(status).toBe(200);
    const found = body.entities as { type: string; text: string; value: string; start: number; end: number }[];
    for (const one of found) expect(text.slice(one.start, one.end)).toBe(one.text);
    expect(found.map(({ type, value }) => `${type} ${value}`)).toEqual([
      'entity payments-api',
      'license Apache-2.0',
      'person Jane Doe',
      'organisation Acme Corp.',
      'technology PostgreSQL',
      'version 15',
      'port 5432',
      'url https://pay.example/x',
      'entity payments-api',
    ]);
    expect(body.entities[0].detail).toMatchObject({ key: 'svc_payments-api@1.0.0', type: 'service' });
  });

  it('looks for what is asked only', async () => {
    const { body } = await ask('extract', { text: 'Redis 7.2 by Jane Doe', types: ['Version'] });
    expect(body.entities.map(({ type }: { type: string }) => type)).toEqual(['version']);
  });
});

describe('what the caller may not see', () => {
  it('is no neighbour, gives no tag and is not found in texts', async () => {
    const description = 'Secret submarine sonar for whales';
    await create({
      type: 'service',
      name: 'sonar-x1',
      description,
      tags: ['whales-tag'],
      feature: 'observability',
      security_context: { visibility: 'restricted', readers: ['nobody'] },
    });
    const seen = async (client: ApiClient): Promise<boolean[]> => {
      const [classified, tags, extracted] = await Promise.all([
        client.post(`${AI}/classify`, { text: description }),
        client.post(`${AI}/tags`, { text: description }),
        client.post(`${AI}/extract`, { text: 'It needs sonar-x1.', types: ['entity'] }),
      ]);
      return [
        JSON.stringify(classified.body).includes('svc_sonar-x1'),
        tags.body.tags.some(({ tag }: { tag: string }) => tag === 'whales-tag'),
        extracted.body.entities.length === 1,
      ];
    };
    await eventually('the one who may sees it', async () => (await seen(app.api)).every(Boolean));
    expect(await seen(await reader())).toEqual([false, false, false]);
  });

  it('is no feature of what was told, in lists and answers', async () => {
    const text = 'Listens to bats at night';
    expect((await app.api.post('/api/v1/feature-categories', { name: 'bat-watch', title: 'Bats' })).status).toBe(201);
    const told = await app.api.post(`${AI}/feedback`, { text, feature: 'bat-watch' });
    expect(told.status).toBe(201);
    const seen = async (client: ApiClient): Promise<boolean[]> => {
      const asked = [client.get(`${AI}/feedback`), client.post(`${AI}/classify`, { text })];
      return (await Promise.all(asked)).map(({ body }) => JSON.stringify(body).includes('bat-watch'));
    };
    expect(await seen(await reader())).toEqual([true, true]);
    await app.uow.query(
      `UPDATE entry SET security_context = '{"visibility":"restricted","readers":[]}' WHERE kind = 'feature' AND name = 'bat-watch'`,
    );
    expect(await seen(await reader())).toEqual([false, false]);
    expect(await seen(app.api)).toEqual([true, true]);
    expect((await app.api.delete(`${AI}/feedback/${told.body.id}`)).status).toBe(204);
  });
});

describe('the other calls', () => {
  it('summarise by whole sentences of the text', async () => {
    const text =
      'The scorer rates card payments. It reads payments from Kafka.\n\nIt was raining. Scored payments go to the ledger.';
    const { body } = await ask('summarize', { text, sentences: 2 });
    expect(body).toMatchObject({ of: 4, model: expect.stringMatching(/^static-en-384@/) });
    expect(body.sentences).toHaveLength(2);
    for (const one of body.sentences) expect(text.slice(one.start, one.end)).toBe(one.text);
    expect(body.summary).not.toContain('raining');
  });

  it('suggest tags of like entries and of the text, but none it has', async () => {
    const { body } = await ask('tags', { text: `${QUESTION} through RabbitMQ`, tags: ['alerts'], limit: 20 });
    const tags = body.tags.map(({ tag }: { tag: string }) => tag);
    expect(tags).toEqual(expect.arrayContaining(['mail', 'rabbitmq']));
    expect(tags).not.toContain('alerts');
  });

  it('embed texts, in their order, by unit vectors', async () => {
    const { body } = await ask('embed', { texts: ['card payments', '???', 'card payments'] });
    expect(body).toMatchObject({ dimensions: 384, model: expect.stringMatching(/^static-en-384@/) });
    const [one, none, same] = body.vectors as [number[], null, number[]];
    expect(Math.hypot(...one)).toBeCloseTo(1, 4);
    expect(none).toBeNull();
    expect(same).toEqual(one);
  });

  it('tell how the engine is', async () => {
    const { body } = await app.api.get(`${AI}/status`);
    expect(body).toMatchObject({ provider: 'local', ok: true, dimensions: 384, examples: 0 });
    expect(body.indexes).toEqual([{ model: body.model, state: 'serving' }]);
    await eventually('nothing waits', async () => (await app.api.get(`${AI}/status`)).body.queue_depth === 0);
  });

  it.each([
    ['classify', {}, 'text'],
    ['classify', { text: 'x', colour: 'red' }, 'colour'],
    ['classify', { name: '', title: null }, 'name'],
    ['tags', { text: ' ' }, 'text'],
    ['tags', { text: 'x', limit: 0 }, 'limit'],
    ['extract', { text: '' }, 'text'],
    ['extract', { text: 'x', types: ['colour'] }, 'types'],
    ['summarize', { text: 'x', sentences: 1.5 }, 'sentences'],
    ['embed', { texts: [] }, 'texts'],
    ['embed', { texts: ['x', ''] }, 'texts'],
    ['feedback', { text: 'x' }, 'category'],
    ['feedback', { text: 'x', feature: null }, 'feature'],
    ['feedback', { text: 'x', category: 'colour' }, 'category'],
  ])('refuse in %s what %j says, naming %s', async (call, body, field) => {
    const answer = await ask(call, body);
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: expect.arrayContaining([expect.objectContaining({ field })]) },
    });
  });
});

describe('without vectors of entries', () => {
  it('texts are still read, by the model that is always here', async () => {
    const bare = await testApp();
    try {
      const post = (call: string, body: object) => bare.api.post(`${AI}/${call}`, body);
      const { body } = await post('classify', { text: 'Recognises faces in photographs by deep learning' });
      expect(body.feature).toMatchObject({ value: 'ai-ml', method: 'zero_shot' });
      expect((await post('summarize', { text: 'One thing. Another thing.', sentences: 1 })).body.of).toBe(2);
      expect((await post('tags', { text: 'Kafka' })).body).toMatchObject({
        neighbours: false,
        tags: [{ tag: 'kafka' }],
      });
      expect(await post('embed', { texts: ['x'] })).toMatchObject({ status: 422, body: { code: 'ai.no_model' } });
      expect((await bare.api.get(`${AI}/status`)).body).toMatchObject({
        provider: 'none',
        model: null,
        queue_depth: 0,
      });
      expect(await post('feedback', { text: 'x', feature: 'nonsense' })).toMatchObject({
        status: 422,
        body: { code: 'classification.unknown_feature' },
      });
    } finally {
      await bare.close();
    }
  });
});
