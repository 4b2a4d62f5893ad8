import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../support/api-client.js';
import type { Plural } from '../support/kubernetes/cluster-state.js';
import { KubernetesServer } from '../support/kubernetes/api-server.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const SERVICES = '/api/v1/services';
const FORMER = 'registry.nexuspro.io/former-replicas';

describe('the kubernetes driver', () => {
  let kubernetes: KubernetesServer;
  let service: TestApp;
  let folder: string;

  beforeAll(async () => {
    kubernetes = await KubernetesServer.start();
    folder = await mkdtemp(join(tmpdir(), 'ureg-kube-'));
    await writeFile(join(folder, 'config'), kubernetes.kubeconfig);
    const env = { KUBECONFIG: join(folder, 'config'), KUBERNETES_NAMESPACES: 'shop,data,secret' };
    service = await testApp({ env });
  });
  beforeEach(() => {
    kubernetes.cluster.stuck = false;
    kubernetes.requests.length = 0;
  });
  afterAll(async () => {
    await service.close();
    await kubernetes.close();
    await rm(folder, { recursive: true, force: true });
  });

  const register = async (name: string, driver: object = {}, path = SERVICES, more: object = {}): Promise<string> => {
    const answer = await service.api.post(path, { name, driver: { type: 'kubernetes', ...driver }, ...more });
    expect(answer.status).toBe(201);
    return `${path}/${name}`;
  };
  /** Asks for a transition and waits for its end. */
  const ended = async (path: string, verb: string): Promise<Json> => {
    const answer = await service.api.post(`${path}/${verb}`);
    expect(answer.status).toBe(202);
    const place = answer.headers.get('location')!;
    await eventually(`${verb} has ended`, async () => (await service.api.get(place)).body.ended_at !== null);
    return (await service.api.get(place)).body;
  };
  const state = async (path: string): Promise<string> => (await service.api.get(path)).body.status as string;
  const replicas = (plural: Plural, namespace: string, name: string): number =>
    kubernetes.cluster.get(plural, namespace, name).spec.replicas as number;

  it.each([
    ['deployments', 'deployment'],
    ['statefulsets', 'statefulset'],
  ] as const)('installs, stops, starts and restarts what is one of the %s', async (plural, workload) => {
    const name = `checkout-${workload}`;
    kubernetes.cluster.add(plural, 'shop', name, 3);
    const path = await register(name, { workload });
    expect(await ended(path, 'install')).toMatchObject({
      state: 'succeeded',
      message: `The ${workload} shop/${name} exists.`,
    });
    expect(await ended(path, 'start')).toMatchObject({ state: 'succeeded' });
    // It runs already, and not with one replica because nobody has said how many.
    expect([await state(path), replicas(plural, 'shop', name)]).toEqual(['running', 1]);
    kubernetes.cluster.add(plural, 'shop', name, 3);
    expect(await ended(path, 'stop')).toMatchObject({ state: 'succeeded', message: '0 replicas are ready.' });
    expect([await state(path), replicas(plural, 'shop', name)]).toEqual(['stopped', 0]);
    expect(kubernetes.cluster.get(plural, 'shop', name).metadata.annotations[FORMER]).toBe('3');
    expect(await ended(path, 'start')).toMatchObject({ state: 'succeeded', message: '3 replicas are ready.' });
    expect([await state(path), replicas(plural, 'shop', name)]).toEqual(['running', 3]);
    const restart = await ended(path, 'restart');
    const { spec } = kubernetes.cluster.get(plural, 'shop', name);
    expect(spec.template.metadata.annotations).toEqual({ 'kubectl.kubernetes.io/restartedAt': restart.created_at });
    expect(spec.template.spec.containers).toHaveLength(1);
  });

  it('starts as many as the entry says', async () => {
    kubernetes.cluster.add('deployments', 'data', 'inference', 0);
    const path = await register('inference', { namespace: 'data' }, '/api/v1/engines', { capacity: { current: 4 } });
    await ended(path, 'install');
    expect(await ended(path, 'start')).toMatchObject({ state: 'succeeded' });
    expect(replicas('deployments', 'data', 'inference')).toBe(4);
    expect(kubernetes.requests).toContain('PATCH /apis/apps/v1/namespaces/data/deployments/inference/scale');
  });

  it("tells the cluster's reason when it refuses", async () => {
    kubernetes.forbidden.add('secret');
    const missing = await register('missing');
    expect(await ended(missing, 'install')).toMatchObject({
      state: 'failed',
      message: 'NotFound: deployments.apps "missing" not found',
    });
    expect(await state(missing)).toBe('failed');
    const hidden = await register('hidden', { namespace: 'secret' });
    expect((await ended(hidden, 'install')).message).toMatch(/^Forbidden: /);
  });

  it('acts in no namespace that is not allowed', async () => {
    const path = await register('outside', { namespace: 'kube-system' });
    expect((await ended(path, 'install')).message).toBe('Drivers may not act in the namespace kube-system.');
    expect(kubernetes.requests).toEqual([]);
  });

  it('asks again when the cluster is away for a moment', async () => {
    kubernetes.cluster.add('deployments', 'shop', 'patient', 1);
    const path = await register('patient');
    kubernetes.failures = 1;
    expect(await ended(path, 'install')).toMatchObject({ state: 'succeeded', attempts: 2 });
  });

  it('has failed when the cluster does not follow in time, and says how far it came', async () => {
    kubernetes.cluster.add('deployments', 'shop', 'slow', 0);
    const path = await register('slow', { timeout_seconds: 2 });
    await ended(path, 'install');
    kubernetes.cluster.stuck = true;
    expect(await ended(path, 'start')).toMatchObject({
      state: 'failed',
      message: 'It has not ended within 2 s. Last: The cluster has not looked at the change yet.',
    });
    expect(await state(path)).toBe('failed');
  });
});
