import { createServer } from 'node:http';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { OtherSide } from '../support/other-side.js';
import { PLUGINS, act } from './plugin-fixture.js';

const YAML = { 'content-type': 'application/yaml' };
const manifest = (name: string, version: string, spec = 'license: MIT') => `apiVersion: plugin.nexuspro.io/v1
kind: Plugin
metadata:
  name: ${name}
  version: ${version}
  tags: [payments]
  annotations:
    tier: 1
spec:
  ${spec}
`;

describe('plugin manifests', () => {
  let app: TestApp;
  const others = new OtherSide();
  beforeAll(async () => {
    app = await testApp({ env: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
  });
  afterAll(async () => {
    await others.close();
    await app.close();
  });

  it('register a plugin as YAML, as JSON and as flat fields, under both addresses', async () => {
    const yaml = await app.api.post(PLUGINS, manifest('from-yaml', '1.2.0'), YAML);
    expect(yaml).toMatchObject({
      status: 201,
      body: {
        key: 'plugin_from-yaml@1.2.0',
        status: 'registered',
        license: 'MIT',
        tags: ['payments'],
        metadata: { tier: 1 },
      },
    });
    expect(yaml.headers.get('location')).toBe(`${PLUGINS}/${yaml.body.id}`);
    const json = {
      apiVersion: 'plugin.nexuspro.io/v1',
      kind: 'Plugin',
      metadata: { name: 'from-json', version: '2.0.0' },
      spec: { meshIntegration: { serviceName: 'json', port: 80 } },
    };
    expect(await app.api.post(`${PLUGINS}/register`, json)).toMatchObject({
      status: 201,
      body: { key: 'plugin_from-json@2.0.0', mesh_integration: { service_name: 'json', port: 80 } },
    });
    expect(await app.api.post(`${PLUGINS}/register`, { name: 'flat', version: '0.1.0-rc.1' })).toMatchObject({
      status: 201,
      body: { key: 'plugin_flat@0.1.0-rc.1' },
    });
    expect(await app.api.post(`${PLUGINS}/register`, manifest('from-yaml', '1.3.0'), YAML)).toMatchObject({
      status: 201,
    });
    expect((await app.api.get(`${PLUGINS}/from-yaml`)).body.version).toBe('1.3.0');
  });

  it('are answered as they can be registered again, as JSON or YAML', async () => {
    await app.api.post(PLUGINS, manifest('round-trip', '1.0.0', "dependencies: { plugins: ['a>=1'] }"), YAML);
    const json = await app.api.get(`${PLUGINS}/round-trip/manifest`);
    expect(json).toMatchObject({
      status: 200,
      body: {
        apiVersion: 'plugin.nexuspro.io/v1',
        kind: 'Plugin',
        metadata: { name: 'round-trip', version: '1.0.0', tags: ['payments'], annotations: { tier: 1 } },
        spec: { dependencies: { plugins: ['a>=1'] } },
      },
    });
    const yaml = await app.api.get(`${PLUGINS}/round-trip/manifest`, { accept: 'application/yaml' });
    expect(yaml.headers.get('content-type')).toContain('application/yaml');
    expect(yaml.body).toContain('apiVersion: plugin.nexuspro.io/v1\nkind: Plugin\nmetadata:\n  name: round-trip\n');
    await app.api.delete(`${PLUGINS}/round-trip`);
    expect((await app.api.post(PLUGINS, yaml.body, YAML)).status).toBe(201);
    expect((await app.api.get(`${PLUGINS}/round-trip/manifest`)).body).toEqual(json.body);
    expect((await app.api.get(`${PLUGINS}/nobody/manifest`)).status).toBe(404);
  });

  it('are refused with every wrong field by name', async () => {
    const fields = async (body: unknown, headers = {}): Promise<string[]> => {
      const answer = await app.api.post(PLUGINS, body, headers);
      expect(answer.status).toBe(400);
      return (answer.body.errors as { field: string }[]).map(({ field }) => field).sort();
    };
    expect(await fields({ name: 'a' })).toEqual(['version']);
    expect(await fields({ name: 'a', version: '1.0' })).toEqual(['version']);
    expect(await fields({ name: 'a', version: '1.0.0', dependencies: { system: ['>=3'] } })).toEqual([
      'dependencies.system',
    ]);
    expect(await fields(manifest('a', 'v1', 'colour: red'), YAML)).toEqual(['spec.colour']);
    expect(await fields(manifest('a', 'v1'), YAML)).toEqual(['metadata.version']);
    expect(await fields('a: [1', YAML)).toEqual(['body']);
    expect(await fields(`${manifest('a', '1.0.0')}---\n${manifest('b', '1.0.0')}`, YAML)).toEqual(['body']);
    expect(await fields(undefined)).toEqual(['body']);
    expect((await app.api.post(PLUGINS, '<a/>', { 'content-type': 'application/xml' })).status).toBe(415);
    expect((await app.api.post(PLUGINS, `a: ${'x'.repeat(300_000)}`, YAML)).status).toBe(413);
    expect((await app.api.post(PLUGINS, manifest('from-yaml', '1.2.0'), YAML)).body.code).toBe('entity.already_exists');
  });

  it('take an Idempotency-Key, as YAML too', async () => {
    const headers = { ...YAML, 'idempotency-key': 'plugin-once' };
    const first = await app.api.post(PLUGINS, manifest('once', '1.0.0'), headers);
    const again = await app.api.post(PLUGINS, manifest('once', '1.0.0'), headers);
    expect(again).toMatchObject({ status: 201, body: { id: first.body.id } });
    expect((await app.api.post(PLUGINS, manifest('other', '1.0.0'), headers)).status).toBe(422);
  });

  it('are discovered in a stream of YAML documents, each on its own merit', async () => {
    const stream = [
      manifest('found', '1.0.0'),
      'a: [1\n',
      manifest('bad', '1'),
      'kind: Pod\n',
      manifest('found', '1.1.0'),
    ];
    const first = await app.api.post(`${PLUGINS}/discover`, stream.join('---\n'), YAML);
    expect(first).toMatchObject({
      status: 200,
      body: {
        registered: 2,
        unchanged: 0,
        invalid: 3,
        results: [
          { source: 'body', document: 0, outcome: 'registered', key: 'plugin_found@1.0.0' },
          { document: 1, outcome: 'invalid', errors: [{ field: 'body' }] },
          { document: 2, outcome: 'invalid', errors: [{ field: 'metadata.version' }] },
          {
            document: 3,
            outcome: 'invalid',
            errors: [{ field: 'apiVersion' }, { field: 'kind' }, { field: 'metadata' }],
          },
          { document: 4, outcome: 'registered', key: 'plugin_found@1.1.0' },
        ],
      },
    });
    await act(app.api, 'plugin_found@1.0.0', 'deprecate', { successor: 'plugin_found@1.1.0' });
    const again = [manifest('found', '1.0.0'), manifest('found', '1.1.0', 'license: Apache-2.0')];
    expect((await app.api.post(`${PLUGINS}/discover`, again.join('---\n'), YAML)).body).toMatchObject({
      registered: 0,
      unchanged: 1,
      results: [{ outcome: 'unchanged' }, { outcome: 'invalid', errors: [{ field: 'metadata.version' }] }],
    });
    expect((await app.api.post(`${PLUGINS}/discover`, '---\n', YAML)).status).toBe(400);
  });

  it('are fetched from where they are', async () => {
    const port = await others.listen(
      createServer((request, response) => {
        if (request.url === '/gone') response.writeHead(404).end();
        else if (request.url === '/moved') response.writeHead(302, { location: '/two' }).end();
        else if (request.url === '/one')
          response.end(
            JSON.stringify({
              apiVersion: 'plugin.nexuspro.io/v1',
              kind: 'Plugin',
              metadata: { name: 'fetched', version: '1.0.0' },
            }),
          );
        else response.end(`${manifest('fetched', '1.1.0')}---\n${manifest('fetched', '1.2.0')}`);
      }),
    );
    const urls = ['one', 'moved', 'gone'].map((path) => `http://127.0.0.1:${port}/${path}`);
    const answer = await app.api.post(`${PLUGINS}/discover`, { urls: [...urls, 'http://127.0.0.2/x', 'no url'] });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        registered: 3,
        invalid: 3,
        results: [
          { source: urls[0], outcome: 'registered', key: 'plugin_fetched@1.0.0' },
          { source: urls[1], document: 0, outcome: 'registered' },
          { source: urls[1], document: 1, outcome: 'registered' },
          { source: urls[2], outcome: 'invalid', errors: [{ field: 'urls.2', message: 'answers 404, not 200' }] },
          { outcome: 'invalid', errors: [{ field: 'urls.3' }] },
          { outcome: 'invalid', errors: [{ field: 'urls.4' }] },
        ],
      },
    });
    expect((await app.api.post(`${PLUGINS}/discover`, { urls: 'x' })).body.errors).toMatchObject([{ field: 'urls' }]);
    expect((await app.api.post(`${PLUGINS}/discover`, { url: [] })).status).toBe(400);
  });
});
