import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { isThere } from '../support/other-programs.js';
import { aService, anInstance, pathOf } from './services-fixture.js';

const run = promisify(execFile);
const PATH = '/api/v1/discovery/prometheus';
const INSTANCE = '__meta_ureg_instance';
const ADDRESS = '__address__';

let app: TestApp;
let folder: string;

beforeAll(async () => {
  app = await testApp();
  folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

const keyWith = async (...permissions: string[]): Promise<string> =>
  (await app.api.post('/api/v1/gateway/keys', { name: 'prometheus', type: 'service_key', permissions })).body.key;

/** What Debian's promtool makes of us, with a configuration as Prometheus has it. It takes all the time it is given. */
async function promtool(credentials: string): Promise<string> {
  const file = join(folder, 'prometheus.yml');
  await writeFile(
    file,
    `scrape_configs:
  - job_name: registry
    http_sd_configs:
      - url: ${app.url}${PATH}?type=service
        authorization: { type: Bearer, credentials: ${credentials} }
    relabel_configs:
      - { source_labels: [__meta_ureg_service], target_label: service }
      - { source_labels: [__meta_ureg_drain], regex: 'true', action: drop }
`,
  );
  return (await run('promtool', ['check', 'service-discovery', '--timeout=4s', file, 'registry'])).stdout;
}

describe('discovery for Prometheus', () => {
  it('is an empty list where there is nothing, of nodes as of services', async () => {
    expect(await app.api.get(PATH)).toMatchObject({ status: 200, body: [] });
    expect(await app.api.get(`${PATH}?type=grid_node`)).toMatchObject({ status: 200, body: [] });
    expect(await app.api.get(`${PATH}?type=plugin`)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'type' }] },
    });
  });

  it("lists every instance with its labels, and Prometheus' own tool takes them", async () => {
    const service = await aService(app.api, { type: 'api', tags: ['payments'], labels: { team: 'shop' } });
    const fields = { id: 'one', host: '10.4.0.1', port: 8080, zone: 'a', tags: ['v1'], metadata: { 'app.io/n': 1 } };
    await anInstance(app.api, service, fields);
    await anInstance(app.api, service, { id: 'two', host: 'fd00::2', port: 8080, status: 'critical' });
    await anInstance(app.api, service, { id: 'three', host: '10.4.0.3', port: 8080 });
    await app.api.put(pathOf(service, 'three'), { drain: true });
    const { body, headers } = await app.api.get(`${PATH}?type=service`);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(body.map(({ targets }: { targets: string[] }) => targets)).toEqual([['10.4.0.1:8080'], ['[fd00::2]:8080'], ['10.4.0.3:8080']]); // prettier-ignore
    expect(body[0].labels).toMatchObject({
      __meta_ureg_service: service.name,
      __meta_ureg_service_tags: ',payments,',
      __meta_ureg_instance: 'one',
      __meta_ureg_zone: 'a',
      __meta_ureg_tags: ',v1,',
      __meta_ureg_status: 'passing',
      __meta_ureg_healthy: 'true',
      __meta_ureg_drain: 'false',
      __meta_ureg_label_team: 'shop',
      __meta_ureg_metadata_app_io_n: '1',
    });
    expect(body[1].labels).toMatchObject({ __meta_ureg_status: 'critical', __meta_ureg_healthy: 'false' });
    expect(body[2].labels).toMatchObject({ __meta_ureg_drain: 'true' });
    if (!isThere('promtool')) return;
    const told = await promtool(await keyWith('read:service'));
    expect(told).toContain(INSTANCE);
    const found = JSON.parse(told) as { labels?: Record<string, string> }[];
    // What a rule drops it tells of without labels.
    const kept = found.flatMap(({ labels }) => (labels?.service ? [`${labels.service} ${labels[ADDRESS]}`] : []));
    expect(new Set(kept)).toEqual(new Set([`${service.name} 10.4.0.1:8080`, `${service.name} [fd00::2]:8080`]));
  });

  it('leaves out what is closed, and what the key may not see', async () => {
    const closed = await aService(app.api);
    await anInstance(app.api, closed, { id: 'closed' });
    await app.api.post(`/api/v1/services/${closed.id}/disable`);
    const hidden = await aService(app.api, {
      security_context: { visibility: 'restricted', readers: ['role:nobody'] },
    });
    await anInstance(app.api, hidden, { id: 'hidden' });
    const reader = app.api.as(await keyWith('read:service'));
    const names = (body: { labels: Record<string, string> }[]): string[] => body.map(({ labels }) => labels[INSTANCE]); // prettier-ignore
    expect(names((await app.api.get(PATH)).body)).toEqual(expect.arrayContaining(['one', 'hidden']));
    expect(names((await app.api.get(PATH)).body)).not.toContain('closed');
    expect(names((await reader.get(PATH)).body)).not.toContain('hidden');
    expect((await reader.get(`${PATH}?type=grid_node`)).status).toBe(403);
  });
});
