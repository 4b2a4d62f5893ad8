import { useOwnService } from './support/own-service.js';
import type { Ended } from './support/program.js';

jest.setTimeout(300_000);

// Nobody listens at the controller's address: what it is asked to do stays under way until it is reported.
const own = useOwnService({ OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' });

const made = async (...args: string[]): Promise<void> => {
  const ended = await own.ureg(...args);
  expect([args, ended.code, ended.stderr]).toEqual([args, 0, '']);
};

/** Begins to wait, then does what is waited for. */
async function whileWaiting(waiting: string[], ...steps: string[][]): Promise<Ended> {
  const ended = own.ureg(...waiting, '--timeout', '60s');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  for (const step of steps) await made(...step);
  return ended;
}

describe('on the real service', () => {
  it('what others do to an entry ends the waiting', async () => {
    await made('service', 'create', 'checkout');
    await made('service', 'install', 'svc_checkout');
    const running = await whileWaiting(
      ['service', 'get', 'svc_checkout', '--wait=running', '--json=status'],
      ['service', 'start', 'svc_checkout'],
    );
    expect([running.code, JSON.parse(running.stdout)]).toEqual([0, { status: 'running' }]);
    const passing = await whileWaiting(
      ['service', 'get', 'svc_checkout', '--wait=instances.passing=1', '-q'],
      ['service', 'instances', 'register', 'svc_checkout', '10.0.3.17:8080'],
    );
    expect([passing.code, passing.stderr]).toEqual([0, '']);
    const unhealthy = await whileWaiting(
      ['get', 'svc_checkout', '--wait=health=degraded', '-o', 'name'],
      ['service', 'health', 'report', 'svc_checkout', 'degraded'],
    );
    expect(unhealthy).toMatchObject({ code: 0, stdout: 'svc_checkout\n', stderr: '' });
  });

  it('a driver is waited for, and then what comes of it', async () => {
    const driver = ['--set', 'driver.type=webhook', '--set', 'driver.url=http://127.0.0.1:9/'];
    await made('service', 'update', 'svc_checkout', ...driver);
    const stop = own.ureg('service', 'stop', 'svc_checkout', '--wait=stopped', '--timeout', '60s');
    let operation: { id: string } | undefined;
    while (!operation) [operation] = await own.json<{ id: string }[]>('service', 'operations', 'svc_checkout');
    await made('service', 'operations', 'report', 'svc_checkout', operation.id, 'succeeded');
    expect(await stop).toMatchObject({ code: 0, stdout: 'svc_checkout is stopped\n', stderr: '' });
    const start = await own.ureg('service', 'start', 'svc_checkout', '--wait=running', '--timeout', '1s');
    expect(start).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('start of svc_checkout did not end in time'),
    });
  });

  it('one version that goes is not taken for the one before it', async () => {
    await made('plugin', 'create', 'clicks', '1.0.0');
    await made('plugin', 'create', 'clicks', '2.0.0');
    const gone = await whileWaiting(
      ['plugin', 'get', 'plugin_clicks', '--wait=deleted'],
      ['plugin', 'delete', 'plugin_clicks@2.0.0', '--yes'],
    );
    expect(gone).toMatchObject({ code: 0, stdout: 'plugin_clicks is deleted\n' });
    await made('plugin', 'create', 'clicks', '3.0.0');
    await made('plugin', 'delete', 'plugin_clicks', '--yes', '--wait=deleted');
    expect((await own.json<{ version: string }>('plugin', 'get', 'plugin_clicks')).version).toBe('1.0.0');
  });

  it('a node that has connections is gone when they are', async () => {
    await made('grid', 'create', 'n1', '--host', '10.0.3.17', '--port', '9000', '--ttl', '600');
    await made('grid', 'activate', 'node_n1', '--wait=active');
    expect((await own.ureg('grid', 'balance')).code).toBe(0);
    const gone = await whileWaiting(
      ['grid', 'delete', 'node_n1', '--yes', '--wait=deleted'],
      ['grid', 'release', 'node_n1'],
    );
    expect(gone).toMatchObject({ code: 0, stdout: 'deleted node_n1\n', stderr: '' });
  });

  it('the value that holds for somebody is waited for, whichever scope it comes from', async () => {
    await made('config', 'set', 'db.pool.size', '20', '--wait=type=integer');
    const value = await whileWaiting(
      ['config', 'get', 'db.pool.size', '-e', 'production', '--wait=value=40'],
      ['config', 'set', 'db.pool.size', '40', '-e', 'production', '--wait=value=40'],
    );
    expect(value).toMatchObject({ code: 0, stdout: '40\n', stderr: '' });
    await made('config', 'delete', 'db.pool.size', '-e', 'production', '--yes', '--wait=deleted');
    expect((await own.ureg('config', 'get', 'db.pool.size', '-e', 'production')).stdout).toBe('20\n');
  });

  it('says its version, which is told without asking', async () => {
    const { cli, server } = JSON.parse((await own.ureg('--version', '-o', 'json')).stdout) as Record<string, unknown>;
    expect(server).toEqual({ url: own.service.url, version: cli });
  });
});
