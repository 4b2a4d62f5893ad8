import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterRegistration } from '../../src/kinds/mesh/kubernetes/cluster-registration.js';
import type { Json } from '../support/api-client.js';
import { KubernetesServer } from '../support/kubernetes/api-server.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const ROUTES = '/api/v1/mesh/routes';

describe('the mesh in a cluster', () => {
  let kubernetes: KubernetesServer;
  let app: TestApp;
  let folder: string;

  beforeAll(async () => {
    kubernetes = await KubernetesServer.start();
    folder = await mkdtemp(join(tmpdir(), 'ureg-kube-'));
    await writeFile(join(folder, 'config'), kubernetes.kubeconfig);
    app = await testApp({
      env: {
        KUBECONFIG: join(folder, 'config'),
        MESH_KUBERNETES: 'istio',
        MESH_KUBERNETES_NAMESPACE: 'shop',
        MESH_KUBERNETES_SECONDS: '1',
      },
    });
    await app.api.post('/api/v1/services', { name: 'billing' });
    await app.api.post('/api/v1/services/billing/instances', { host: '10.1.2.3', port: 8080, zone: 'z1' });
    await app.api.post(ROUTES, { name: 'billing', match: { hosts: ['billing.test'] }, destinations: [{ service: 'svc_billing' }] }); // prettier-ignore
  });
  afterAll(async () => {
    await app.close();
    await kubernetes.close();
    await rm(folder, { recursive: true, force: true });
  });

  const there = (key: string): Json => kubernetes.custom.live.get(key);
  const patches = (): number => kubernetes.requests.filter((one) => one.startsWith('PATCH')).length;

  it('is applied on a timer, and applied again only when something differs', async () => {
    await eventually('it is there', () => there('serviceentries/shop/billing-ureg-internal') !== undefined);
    expect(there('virtualservices/shop/billing').spec.hosts).toEqual(['billing.test']);
    expect(there('serviceentries/shop/billing-ureg-internal')).toMatchObject({
      apiVersion: 'networking.istio.io/v1',
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'universal-registry' } },
      spec: { endpoints: [{ address: '10.1.2.3', locality: 'z1' }] },
    });
    await app.app.get(ClusterRegistration).reconcile();
    const before = patches();
    expect(await app.app.get(ClusterRegistration).reconcile()).toEqual({ applied: 0, removed: 0, foreign: [] });
    expect(patches()).toBe(before);
  });

  it('is put back when it is changed by hand, and follows the instances', async () => {
    there('virtualservices/shop/billing').spec.hosts = ['other.test'];
    await eventually('it is put back', () => there('virtualservices/shop/billing').spec.hosts[0] === 'billing.test');
    await app.api.post('/api/v1/services/billing/instances', { host: '10.1.2.4', port: 8080 });
    const endpoints = (): Json[] => there('serviceentries/shop/billing-ureg-internal').spec.endpoints;
    await eventually('both are there', () => endpoints().length === 2);
    expect(endpoints().map(({ address }) => address)).toEqual(['10.1.2.3', '10.1.2.4']);
  });

  it('leaves alone what somebody else has, and takes away what it made when it is no more wanted', async () => {
    kubernetes.custom.live.set('virtualservices/shop/foreign', { metadata: { name: 'foreign' }, spec: { hosts: ['theirs'] } }); // prettier-ignore
    await app.api.post(ROUTES, { name: 'foreign', match: { hosts: ['foreign.test'] }, destinations: [{ service: 'svc_billing' }] }); // prettier-ignore
    await app.api.post(`${ROUTES}/billing/disable`);
    await eventually('it is gone', () => there('virtualservices/shop/billing') === undefined);
    expect((await app.app.get(ClusterRegistration).reconcile())?.foreign).toEqual(['VirtualService/foreign']);
    expect(there('virtualservices/shop/foreign').spec.hosts).toEqual(['theirs']);
    await app.api.post(`${ROUTES}/foreign/disable`);
    await eventually('all of ours is gone', () => there('serviceentries/shop/billing-ureg-internal') === undefined);
    expect([...kubernetes.custom.live.keys()]).toEqual(['virtualservices/shop/foreign']);
  });
});
