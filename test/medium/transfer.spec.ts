import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const TYPES = { ndjson: 'application/x-ndjson', json: 'application/json', yaml: 'application/yaml' } as const;

describe('export and import', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
    await app.api.post('/api/v1/entities', {
      type: 'service',
      name: 'shop',
      version: '1.0.0',
      title: 'Yes',
      description: '# no\n- "quotes"',
      metadata: { no: 'off', deep: { list: [1, null, 'x'] } },
    });
    await app.api.post('/api/v1/entities', {
      type: 'component',
      name: 'db',
      status: 'enabled',
      tags: ['sql', 'a: b'],
      spec: { type: 'database', provider: 'postgresql' },
    });
    await app.api.post('/api/v1/relationships', {
      source_id: 'svc_shop',
      target_id: 'comp_db',
      type: 'depends_on',
      weight: 0.1,
      metadata: { at: 'start' },
    });
    await app.api.post('/api/v1/relationships', {
      source_id: 'comp_db',
      target_id: 'ai-ml',
      type: 'belongs_to',
      bidirectional: true,
    });
  });
  afterAll(() => app.close());

  const exported = async (from: TestApp, format: keyof typeof TYPES): Promise<string> => {
    const answer = await from.api.get(`/api/v1/entities/export?format=${format}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain(TYPES[format]);
    return typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  };

  it.each(['ndjson', 'json', 'yaml'] as const)('gives an empty registry the same catalog by %s', async (format) => {
    const other = await testApp();
    try {
      const answer = await other.api.post('/api/v1/entities/import', await exported(app, format), {
        'Content-Type': TYPES[format],
      });
      expect(answer.body).toMatchObject({ created: 4, unchanged: 8, failed: 0, errors: [] });
      expect((await exported(other, 'ndjson')).split('\n').toSorted()).toEqual(
        (await exported(app, 'ndjson')).split('\n').toSorted(),
      );
      for (const key of ['svc_shop@1.0.0', 'comp_db']) {
        const [there, here] = await Promise.all([other, app].map((one) => one.api.get(`/api/v1/entities/${key}`)));
        expect(there.body.checksum).toBe(here.body.checksum);
      }
    } finally {
      await other.close();
    }
  });

  it('imports the same again without a change', async () => {
    const answer = await app.api.post('/api/v1/entities/import', await exported(app, 'ndjson'), {
      'Content-Type': TYPES.ndjson,
    });
    expect(answer.body).toMatchObject({ created: 0, updated: 0, unchanged: 12, failed: 0 });
  });

  it('reports a broken line by its place and takes the rest', async () => {
    const body = '{"kind":"entry","type":"team","name":"ok"}\nnot json\n{"kind":"planet"}\n';
    const answer = await app.api.post('/api/v1/entities/import', body, { 'Content-Type': TYPES.ndjson });
    expect(answer.body).toMatchObject({
      created: 1,
      failed: 2,
      errors: [{ index: 1 }, { index: 2, error: { errors: [{ field: 'kind' }] } }],
    });
  });

  it('refuses YAML that unfolds without end', async () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[n]}`).join(',')}]`),
    ].join('\n');
    const answer = await app.api.post('/api/v1/entities/import', bomb, { 'Content-Type': TYPES.yaml });
    expect(answer.status).toBe(400);
  });
});
