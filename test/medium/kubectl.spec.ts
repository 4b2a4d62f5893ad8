import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { KubernetesServer } from '../support/kubernetes/api-server.js';

const run = promisify(execFile);

function installed(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    // It runs where there is one; the driver's own tests run anywhere.
    process.stderr.write('There is no kubectl here: the test API server is not compared with it.\n');
    return false;
  }
}

(installed() ? describe : describe.skip)('the API server of the tests, as kubectl sees it', () => {
  let kubernetes: KubernetesServer;

  beforeAll(async () => {
    kubernetes = await KubernetesServer.start();
    kubernetes.cluster.add('deployments', 'shop', 'checkout', 2);
    kubernetes.cluster.add('statefulsets', 'shop', 'ledger', 1);
  });
  afterAll(() => kubernetes.close());

  const kubectl = async (...args: string[]): Promise<string> => {
    const env = { ...process.env, KUBECONFIG: '/dev/null', HOME: '/nonexistent' };
    const all = ['--server', kubernetes.url, '--namespace', 'shop', ...args];
    return (await run('kubectl', all, { env, timeout: 50_000 })).stdout;
  };
  const replicas = (): number => kubernetes.cluster.get('deployments', 'shop', 'checkout').spec.replicas as number;

  it('lists and shows workloads', async () => {
    expect(await kubectl('get', 'deployments,statefulsets', '-o', 'name')).toBe(
      'deployment.apps/checkout\nstatefulset.apps/ledger\n',
    );
    expect(await kubectl('get', 'deploy', 'checkout', '-o', 'jsonpath={.spec.replicas}')).toBe('2');
    await expect(kubectl('get', 'deploy', 'missing')).rejects.toThrow('NotFound');
  });

  it('scales, and waits for the rollout', async () => {
    await kubectl('scale', 'deployment/checkout', '--replicas=5');
    expect(replicas()).toBe(5);
    expect(await kubectl('rollout', 'status', 'deployment/checkout', '--timeout=30s')).toContain('successfully rolled');
    await expect(kubectl('scale', 'deployment/checkout', '--current-replicas=2', '--replicas=9')).rejects.toThrow(
      'replicas',
    );
    expect(replicas()).toBe(5);
  });

  it('restarts, and patches in three ways', async () => {
    await kubectl('rollout', 'restart', 'deployment/checkout');
    await kubectl('patch', 'deploy', 'checkout', '--type=merge', '-p', '{"metadata":{"annotations":{"a":"1"}}}');
    await kubectl(
      'patch',
      'deploy',
      'checkout',
      '--type=json',
      '-p',
      '[{"op":"add","path":"/metadata/labels/b","value":"2"}]',
    );
    const container = '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:1"}]}}}}';
    await kubectl('patch', 'deploy', 'checkout', '-p', container);
    const { metadata, spec } = kubernetes.cluster.get('deployments', 'shop', 'checkout');
    expect([metadata.annotations.a, metadata.labels.b]).toEqual(['1', '2']);
    expect(spec.template.metadata.annotations).toHaveProperty(['kubectl.kubernetes.io/restartedAt']);
    expect(spec.template.spec.containers.map(({ name }: { name: string }) => name).sort()).toEqual(['main', 'side']);
  });
});
