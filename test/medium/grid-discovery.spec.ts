import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../support/api-client.js';
import { DnsServer } from '../support/dns-server.js';
import { KubernetesServer } from '../support/kubernetes/api-server.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { NODES } from './grid-fixture.js';

let dns: DnsServer;
let kubernetes: KubernetesServer;
let folder: string;
let app: TestApp;
beforeAll(async () => {
  [dns, kubernetes] = [await DnsServer.start(), await KubernetesServer.start()];
  folder = await mkdtemp(join(tmpdir(), 'ureg-grid-'));
  await writeFile(join(folder, 'config'), kubernetes.kubeconfig);
  app = await testApp({ env: { GRID_DNS_SERVERS: dns.address, KUBECONFIG: join(folder, 'config') } });
});
afterAll(async () => {
  await app.close();
  await kubernetes.close();
  await dns.close();
  await rm(folder, { recursive: true, force: true });
});

const discover = (body: object) => app.api.post('/api/v1/grid/discover', body);
const node = async (name: string): Promise<Json> => (await app.api.get(`${NODES}/${name}`)).body;

const machine = (name: string, address: string, { labels = {}, ready = true, cordoned = false } = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
  spec: cordoned ? { unschedulable: true } : {},
  status: {
    addresses: [
      { type: 'Hostname', address: name },
      { type: 'InternalIP', address },
    ],
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10_255 } },
  },
});

describe('discovery of nodes by SRV records', () => {
  const NAME = '_grid._tcp.example.com';

  it('registers what they name, and the same again changes only what they say otherwise', async () => {
    dns.records.set(NAME, [
      { priority: 10, weight: 60, port: 9000, target: 'a.example.com' },
      { priority: 10, weight: 0, port: 9000, target: 'b.example.com' },
      { priority: 20, weight: 5, port: 9001, target: 'b.example.com' },
    ]);
    const asked = { source: 'dns', name: NAME, type: 'worker', region: 'eu', activate: true };
    expect(await discover({ ...asked, dry_run: true })).toMatchObject({ status: 200, body: { registered: 3, dry_run: true } }); // prettier-ignore
    expect((await app.api.get(`${NODES}/a.example.com`)).status).toBe(404);
    const { body } = await discover(asked);
    expect(body).toMatchObject({ registered: 3, updated: 0, unchanged: 0, invalid: 0 });
    const names = body.nodes.map(({ name }: Json) => name).toSorted();
    expect(names).toEqual(['a.example.com', 'b.example.com-9000', 'b.example.com-9001']);
    expect(await node('a.example.com')).toMatchObject({
      type: 'worker',
      status: 'active',
      host: 'a.example.com',
      port: 9000,
      region: 'eu',
      weight: 60,
      labels: { 'dns.srv': NAME, 'dns.priority': '10' },
    });
    expect(await discover(asked)).toMatchObject({ body: { registered: 0, unchanged: 3 } });
    dns.records.set(NAME, [{ priority: 1, weight: 9, port: 9002, target: 'a.example.com' }]);
    await app.api.post(`${NODES}/a.example.com/drain`);
    expect(await discover(asked)).toMatchObject({ body: { updated: 1, nodes: [{ name: 'a.example.com' }] } });
    const renewed = await node('a.example.com');
    expect(renewed).toMatchObject({ port: 9002, weight: 60, labels: { 'dns.priority': '1' } });
    // What somebody wants of it, no source undoes.
    expect(['draining', 'drained']).toContain(renewed.status);
  });

  it('says which name is not known, and what a question lacks', async () => {
    expect(await discover({ source: 'dns', name: '_no._tcp.example.com' })).toMatchObject({ status: 422, body: { code: 'grid.source_failed', errors: [{ field: 'name' }] } }); // prettier-ignore
    for (const [body, field] of [
      [{ source: 'dns' }, 'name'],
      [{ source: 'dns', name: 'x y' }, 'name'],
      [{ source: 'dns', name: NAME, port: 1 }, 'port'],
      [{ source: 'kubernetes', name: NAME }, 'name'],
      [{ source: 'consul' }, 'source'],
    ] as const)
      expect(await discover(body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});

describe('discovery of the machines of a cluster', () => {
  it('registers them with their place, and gives work to those that are ready', async () => {
    const zone = { 'topology.kubernetes.io/region': 'eu', 'topology.kubernetes.io/zone': 'eu-a', role: 'grid' };
    kubernetes.machines = [
      machine('k1', '10.1.0.1', { labels: zone }),
      machine('k2', '10.1.0.2', { labels: { role: 'grid' }, ready: false }),
      machine('k3', 'fd00::3', { labels: { role: 'grid' }, cordoned: true }),
      machine('k4', '10.1.0.4'),
    ];
    const asked = { source: 'kubernetes', label_selector: 'role=grid', activate: true, zone: 'eu-b' };
    const { body } = await discover(asked);
    expect(body).toMatchObject({ registered: 3, invalid: 0 });
    expect(body.nodes).toMatchObject([
      { name: 'k1', address: '10.1.0.1:10255', status: 'active' },
      { name: 'k2', status: 'pending', detail: 'The machine is not ready.' },
      { name: 'k3', address: '[fd00::3]:10255', status: 'pending', detail: 'The machine is cordoned.' },
    ]);
    expect(await node('k1')).toMatchObject({ region: 'eu', zone: 'eu-a', type: 'compute', labels: { role: 'grid' } });
    expect(await node('k2')).toMatchObject({ region: null, zone: 'eu-b' });
    expect(await discover({ source: 'kubernetes', port: 9000 })).toMatchObject({ body: { registered: 1, updated: 3 } });
  });

  it('reads page by page, and tells what the cluster refuses', async () => {
    kubernetes.machines = Array.from({ length: 501 }, (_, n) => machine(`page-${n}`, '10.2.0.1'));
    expect(await discover({ source: 'kubernetes', dry_run: true })).toMatchObject({ body: { registered: 501 } });
    kubernetes.failures = 1;
    expect(await discover({ source: 'kubernetes' })).toMatchObject({ status: 422, body: { code: 'grid.source_failed', errors: [{ field: 'source' }] } }); // prettier-ignore
  });
});
