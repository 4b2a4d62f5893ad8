import { createHmac } from 'node:crypto';
import type { Answer, Json } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const FEATURES = '/api/v1/features';
const OFREP = '/ofrep/v1/evaluate/flags';
const REASONS = ['STATIC', 'TARGETING_MATCH', 'SPLIT', 'DEFAULT', 'DISABLED', 'UNKNOWN'];
const CODES = ['PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL'];

/** The shapes of OFREP 0.3's published OpenAPI, as its status rules have them; what is wrong, in words. */
function broken({ status, body, headers }: Answer, bulk: boolean): string[] {
  const wrong: string[] = [];
  const demand = (holds: boolean, what: string) => void (holds || wrong.push(what));
  const isJson = /^application\/json\b/.test(headers.get('content-type') ?? '');
  const isText = (value: unknown) => value === undefined || typeof value === 'string';
  const scalars = (value: unknown) =>
    value === undefined ||
    Object.values(value as object).every((one) => ['string', 'number', 'boolean'].includes(typeof one));
  const success = (one: Json) => {
    demand(typeof one.key === 'string', 'key');
    demand(REASONS.includes(one.reason), `reason ${one.reason}`);
    demand(isText(one.variant), 'variant');
    demand(one.value !== null, 'value');
    demand(scalars(one.metadata), 'metadata');
    demand(!('errorCode' in one), 'a success with an error');
  };
  const failure = (one: Json, codes: string[]) => {
    demand(typeof one.key === 'string', 'key');
    demand(codes.includes(one.errorCode), `errorCode ${one.errorCode}`);
    demand(isText(one.errorDetails), 'errorDetails');
  };
  if (status === 304) demand(body === '' && bulk, 'a 304 has no body');
  else if (![401, 403, 429].includes(status)) demand(isJson, `content type ${headers.get('content-type')}`);
  if (status === 200 && bulk) {
    demand(/^(W\/)?".+"$/.test(headers.get('etag') ?? ''), 'ETag');
    for (const one of body.flags) if ('errorCode' in one) failure(one, [...CODES, 'FLAG_NOT_FOUND']);
    else success(one); // prettier-ignore
    demand(scalars(body.metadata), 'metadata');
    for (const one of body.eventStreams ?? []) {
      demand(one.type === 'sse', 'type');
      demand((one.url === undefined) !== (one.endpoint === undefined), 'exactly one of url and endpoint');
      if (one.endpoint) demand(one.endpoint.requestUri.startsWith('/'), 'requestUri');
      demand(Number.isInteger(one.inactivityDelaySec) && one.inactivityDelaySec >= 1, 'inactivityDelaySec');
    }
  } else if (status === 200) success(body);
  else if (status === 400 && bulk)
    demand(CODES.includes(body.errorCode) && isText(body.errorDetails) && !('key' in body), '400');
  else if (status === 400) failure(body, CODES);
  else if (status === 404 && !bulk) failure(body, ['FLAG_NOT_FOUND']);
  else demand([304, 401, 403, 429].includes(status), `status ${status}`);
  return wrong;
}

describe('flags by OFREP', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
    for (const [name, fields, verb] of [
      ['bool', {}, 'enable'],
      [
        'text',
        { default_value: 'off', variants: [{ key: 'blue', value: 'Blau' }], evaluation_metadata: { team: 'x', n: 1 } },
        'enable',
      ],
      ['half', { strategy: 'gradual', percentage: 50 }, 'enable'],
      ['adults', { rules: [{ attribute: 'age', operator: 'gte', values: [18] }] }, 'enable'],
      ['off', { default_value: { a: [1] } }, 'disable'],
      ['code-default', { dialect: 'flagd', definition: { variants: { a: 1 } } }, 'enable'],
      ['old', {}, 'archive'],
    ] as const) {
      const { body } = await app.api.post(FEATURES, { name, ...fields });
      if (verb !== 'disable') await app.api.post(`${FEATURES}/${body.id}/${verb}`);
    }
  });
  afterAll(() => app.close());

  const one = async (key: string, body?: unknown, headers = {}): Promise<Answer> => {
    const answer = await app.api.post(`${OFREP}/${key}`, body, headers);
    expect(broken(answer, false)).toEqual([]);
    return answer;
  };
  const bulk = async (body?: unknown, headers = {}, query = ''): Promise<Answer> => {
    const answer = await app.api.post(`${OFREP}${query}`, body, headers);
    expect(broken(answer, true)).toEqual([]);
    return answer;
  };
  const u1 = { context: { targetingKey: 'u1', age: 20 } };

  it('answer one flag with its value, variant, reason and metadata; without value where the default in the code is meant', async () => {
    expect(await one('bool', u1)).toMatchObject({ status: 200, body: { key: 'bool', value: true, reason: 'STATIC' } });
    expect((await one('text', u1)).body).toEqual({ key: 'text', value: 'Blau', variant: 'blue', reason: 'STATIC', metadata: { team: 'x', n: 1 } }); // prettier-ignore
    expect((await one('adults', u1)).body).toEqual({ key: 'adults', value: true, reason: 'TARGETING_MATCH' });
    expect((await one('adults', { context: {} })).body).toEqual({ key: 'adults', value: false, reason: 'DEFAULT' });
    expect((await one('off', u1)).body).toEqual({ key: 'off', value: { a: [1] }, reason: 'DISABLED' });
    expect((await one('half', u1)).body.reason).toBe('SPLIT');
    const { body } = await one('code-default', u1);
    expect(body).toMatchObject({ key: 'code-default', reason: 'DEFAULT' });
    expect(body).not.toHaveProperty('value');
    expect((await one('old', u1)).body).toMatchObject({ reason: 'DISABLED' });
  });

  it('say what is wrong in the words of OFREP', async () => {
    expect(await one('nowhere', u1)).toMatchObject({
      status: 404,
      body: { key: 'nowhere', errorCode: 'FLAG_NOT_FOUND' },
    });
    expect((await one('half', { context: {} }))).toMatchObject({ status: 400, body: { key: 'half', errorCode: 'TARGETING_KEY_MISSING' } }); // prettier-ignore
    for (const context of [[], 'x', 5])
      for (const answer of [await one('bool', { context }), await bulk({ context })])
        expect(answer).toMatchObject({ status: 400, body: { errorCode: 'INVALID_CONTEXT' } });
    for (const body of ['{', '[]', '"x"'])
      for (const answer of [await one('bool', body), await bulk(body)])
        expect(answer).toMatchObject({ status: 400, body: { errorCode: 'PARSE_ERROR' } });
    const typed = { 'content-type': 'text/plain' };
    for (const answer of [await one('bool', 'x', typed), await bulk('x', typed)]) expect(answer.status).toBe(400);
    for (const body of [undefined, {}, { context: null }, { context: {}, more: 1 }])
      expect(await one('bool', body)).toMatchObject({ status: 200 });
    const nobody = app.api.as(undefined);
    for (const path of [OFREP, `${OFREP}/bool`]) expect(await nobody.post(path, u1)).toMatchObject({ status: 401 });
    const { key } = (await app.api.post('/api/v1/gateway/keys', { name: 'x', type: 'api_key', permissions: ['read:plugin'] })).body; // prettier-ignore
    for (const path of [OFREP, `${OFREP}/bool`])
      expect(await app.api.as(key).post(path, u1)).toMatchObject({ status: 403 });
  });

  it('answer all flags without a list of them, failures among them, in the order of their keys', async () => {
    const { body } = await bulk({ context: { age: 3 } });
    expect(body.flags.map(({ key }: Json) => key)).toEqual(['adults', 'bool', 'code-default', 'half', 'off', 'text']);
    expect(body.flags[3]).toMatchObject({ key: 'half', errorCode: 'TARGETING_KEY_MISSING' });
    const same = (await one('text', u1)).body;
    expect((await bulk(u1)).body.flags[5]).toEqual(same);
  });

  it('answer 304 to the same context while the rules are the same, whatever the order of its attributes', async () => {
    const first = await bulk(u1);
    const etag = first.headers.get('etag')!;
    const again = { context: { age: 20, targetingKey: 'u1' } };
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*'])
      expect(await bulk(again, { 'If-None-Match': header })).toMatchObject({ status: 304, body: '' });
    for (const context of [
      { targetingKey: 'u2', age: 20 },
      { targetingKey: 'u1' },
      { targetingKey: 'u1', age: '20' },
    ]) {
      const other = await bulk({ context }, { 'If-None-Match': etag });
      expect(other.status).toBe(200);
      expect(other.headers.get('etag')).not.toBe(etag);
    }
    await app.api.patch(`${FEATURES}/text`, { variants: [{ key: 'blue', value: 'Bleu' }] });
    const changed = await bulk(u1, { 'If-None-Match': etag });
    expect(changed.status).toBe(200);
    expect(changed.body.flags.at(-1)).toMatchObject({ value: 'Bleu' });
    await app.api.patch(`${FEATURES}/text`, { title: 'Another title' });
    expect(await bulk(u1, { 'If-None-Match': changed.headers.get('etag')! })).toMatchObject({ status: 304 });
  });

  it('have another ETag when an answer changes by time alone', async () => {
    const at = new Date(Date.now() + 3000).toISOString();
    await app.api.patch(`${FEATURES}/text`, { expires_at: at });
    const before = await bulk(u1);
    expect(before.body.flags.at(-1)).toMatchObject({ reason: 'STATIC' });
    await eventually('it has expired', async () => (await bulk(u1, { 'If-None-Match': before.headers.get('etag')! })).status === 200); // prettier-ignore
    expect((await one('text', u1)).body).toMatchObject({ value: 'off', reason: 'DISABLED' });
    await app.api.patch(`${FEATURES}/text`, { expires_at: null });
  });

  it('are those of the environment that a header or the address names', async () => {
    await app.api.patch(`${FEATURES}/bool`, { environments: { production: { enabled: false } } });
    expect((await one('bool', u1)).body).toMatchObject({ value: true });
    expect((await one('bool', u1, { 'X-Environment': 'Production' })).body).toMatchObject({ reason: 'DISABLED' });
    expect((await bulk(u1, {}, '?environment=production')).body.flags[1]).toMatchObject({ reason: 'DISABLED' });
  });

  describe('tell of changes by server-sent events', () => {
    const streamOf = async (): Promise<string> => (await bulk(u1)).body.eventStreams[0].endpoint.requestUri;
    /** What a stream says until it has said so much, with the headers that an EventSource can send. */
    const heard = async (
      uri: string,
      until: RegExp,
      headers = {},
      meanwhile?: () => Promise<unknown>,
    ): Promise<string> => {
      const control = new AbortController();
      const response = await fetch(app.url + uri, { headers, signal: control.signal });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      let text = '';
      const decoder = new TextDecoder();
      const reader = response.body!.getReader();
      let begun = false;
      while (!until.test(text)) {
        const { value, done } = await reader.read();
        if (done) break;
        text += decoder.decode(value);
        if (!begun && meanwhile) await meanwhile();
        begun = true;
      }
      control.abort();
      return text;
    };
    const change = (value: string) => app.api.patch(`${FEATURES}/text`, { variants: [{ key: 'blue', value }] });

    it('without any header, with stable ids, and again what was missed', async () => {
      const uri = await streamOf();
      expect(await streamOf()).toBe(uri);
      const text = await heard(uri, /refetchEvaluation[^]*refetchEvaluation/, {}, () => change('one'));
      const events = [...text.matchAll(/^id: (.+)\nevent: message\ndata: (.+)\n\n/gm)];
      const [id, data] = [events.at(-1)![1], JSON.parse(events.at(-1)![2])];
      expect(data).toEqual({
        type: 'refetchEvaluation',
        etag: expect.stringMatching(/^".+"$/),
        lastModified: expect.any(Number),
      });
      const told = await bulk(
        u1,
        {},
        `?flagConfigEtag=${encodeURIComponent(data.etag)}&flagConfigLastModified=${data.lastModified}`,
      );
      expect(told.body.metadata.version).toBe(data.etag.slice(1, -1));
      expect(await heard(uri, /id: /, { 'Last-Event-ID': id })).not.toContain('refetchEvaluation');
      await change('two');
      expect(await heard(uri, /refetch/, { 'Last-Event-ID': id })).toContain('refetchEvaluation');
    });

    it('no longer when the key that was given the address is revoked', async () => {
      const wanted = { name: 'browser', type: 'api_key', permissions: ['read:feature_flag'] };
      const { id, key } = (await app.api.post('/api/v1/gateway/keys', wanted)).body;
      const uri = (await app.api.as(key).post(OFREP, u1)).body.eventStreams[0].endpoint.requestUri as string;
      // Nothing it says matches: it is read to its end.
      const text = await heard(uri, /never/, {}, () => app.api.delete(`/api/v1/gateway/keys/${id}`));
      expect(text).toContain('id: ');
      expect(await app.api.as(undefined).get(uri)).toMatchObject({ status: 401 });
      expect(await heard(await streamOf(), /id: /)).toContain('id: ');
    });

    it('to nobody whose address was not given by this service', async () => {
      const token = new URL(await streamOf(), app.url).searchParams.get('token')!;
      const [claims] = token.split('.');
      const forged = `${claims}.${createHmac('sha256', 'guess').update(Buffer.from(claims, 'base64url')).digest('base64url')}`; // prettier-ignore
      for (const wrong of [forged, `${token}x`, 'x', `.${token}`])
        expect(await app.api.as(undefined).get(`/ofrep/v1/event-streams?token=${wrong}`)).toMatchObject({
          status: 401,
        });
      const without = await app.api.as(undefined).get('/ofrep/v1/event-streams');
      expect(without).toMatchObject({ status: 400, body: { errors: [{ field: 'token' }] } });
    });
  });
});
