import { useFixture } from './support/fixture.js';
import type { Ended } from './support/program.js';
import type { Seen } from './support/stub-registry.js';
import { KIND_ENTRY } from './support/stub-kinds.js';
import { becomes } from './support/stub-waiting.js';

jest.setTimeout(120_000);

const fixture = useFixture();

describe('a change with --wait', () => {
  it('tells of an entry that was made or changed when it is as it should be', async () => {
    becomes(fixture.stub, { health: 'unknown' }, { health: 'healthy' });
    const create = await fixture.ureg(['service', 'create', 'checkout', '--wait=health=healthy']);
    expect(create).toMatchObject({
      code: 0,
      stdout: `created svc_checkout ${KIND_ENTRY.id}; health is healthy\n`,
      stderr: '',
    });
    becomes(fixture.stub, { owner: 'shop' }, { owner: 'me', revision: 9 });
    const update = await fixture.ureg([
      'service',
      'update',
      'svc_checkout',
      '--owner',
      'me',
      '--wait=owner=me',
      '-o',
      'json',
    ]);
    expect(JSON.parse(update.stdout)).toMatchObject({ owner: 'me', revision: 9 });
    becomes(fixture.stub, { health: null });
    expect(await fixture.ureg(['service', 'create', 'x', '--wait=health=healthy', '--timeout', '300ms'])).toMatchObject(
      {
        code: 10,
        stdout: '',
        stderr: expect.stringMatching(
          /^error: created svc_checkout \S+, but health of svc_checkout did not become healthy within 0.3 s\nreason: it is empty, its status running\n/,
        ),
      },
    );
  });

  it('of several entries made of a file waits for each', async () => {
    becomes(fixture.stub, { status: 'created' }, { status: 'running' });
    const stdin = '[{"name":"a"},{"name":"b"}]';
    const many = await fixture.ureg(['service', 'create', '-f', '-', '--wait=running'], { stdin });
    expect(many).toMatchObject({ code: 0, stderr: '2 of 2 created\n' });
    expect(fixture.requests().slice(0, 2)).toEqual(['POST /api/v1/services', 'POST /api/v1/services']);
    becomes(fixture.stub, { status: 'created' });
    const late = await fixture.ureg(['service', 'create', '-f', '-', '--wait=running', '--timeout', '300ms'], {
      stdin,
    });
    expect(late).toMatchObject({
      code: 9,
      stdout: expect.stringContaining('did not become running'),
      stderr: '0 of 2 created\n',
    });
    expect(await fixture.ureg(['create', '-f', '-', '--wait=active'], { stdin })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--wait goes with one entry'),
    });
  });

  it('of a verb waits for the driver first, and then for the condition', async () => {
    const states = ['pending', 'running', 'succeeded'];
    const seen: string[] = [];
    const operation = (state = 'pending'): object => ({ id: 'o1', verb: 'restart', state, message: 'no such image' });
    let failed = false;
    const driven = ({ method, path }: Seen, entry: object): object => {
      if (method === 'POST') return { ...KIND_ENTRY, operation: operation() };
      if (path.endsWith('/o1')) return operation(failed ? 'failed' : states.shift());
      return { ...KIND_ENTRY, ...entry };
    };
    const answering = (entry: object): void => {
      fixture.stub.override = (request, response) => {
        seen.push(request.path.split('/').at(-1) ?? '');
        response.writeHead(request.method === 'POST' ? 202 : 200, { 'content-type': 'application/json' });
        return !!response.end(JSON.stringify(driven(request, entry)));
      };
    };
    // It is running all the time: that was so before the driver began.
    answering({});
    const restart = (...more: string[]): Promise<Ended> =>
      fixture.ureg(['service', 'restart', 'svc_checkout', ...more]);
    expect(await restart('--wait=running')).toMatchObject({ code: 0, stdout: 'svc_checkout is running\n', stderr: '' });
    expect(seen).toEqual(['restart', 'o1', 'o1', 'o1', KIND_ENTRY.id]);
    failed = true;
    expect(await restart('--wait=health=healthy')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('health is healthy'),
    });
    expect(await restart('--wait=stopped')).toMatchObject({
      code: 10,
      stderr:
        'error: restart of svc_checkout failed\nreason: no such image\nnext: ureg service operations svc_checkout\n',
    });
    answering({ status: 'failed' });
    expect(await restart('--wait=failed')).toMatchObject({ code: 0, stdout: 'svc_checkout is failed\n' });
  });

  it('of a verb that is done at once waits for what comes of it; --dry-run for nothing', async () => {
    becomes(fixture.stub, { status: 'draining' }, { status: 'drained' });
    expect(await fixture.ureg(['grid', 'drain', 'node_n1', '--wait=drained'])).toMatchObject({
      code: 0,
      stdout: 'svc_checkout is drained\n',
    });
    expect((await fixture.ureg(['grid', 'drain', 'node_n1', '--wait=drained', '--dry-run'])).stdout).toMatch(
      /would move/,
    );
    expect((await fixture.ureg(['engine', 'scale', 'x', '4', '--wait=failed', '-n'])).stdout).toMatch(/^POST http/);
    becomes(fixture.stub, { health: 'healthy' });
    expect((await fixture.ureg(['component', 'enable', 'x', '--wait=health=healthy'])).stdout).toBe(
      'svc_checkout is running; health is healthy\n',
    );
  });

  it('of delete waits until it is gone, by the id that it had', async () => {
    becomes(fixture.stub, {}, {}, 404);
    expect(await fixture.ureg(['grid', 'delete', 'node_n1', '--yes', '--wait=deleted'])).toMatchObject({
      code: 0,
      stdout: 'deleted node_n1\n',
      stderr: '',
    });
    const by = `/api/v1/grid/nodes/${KIND_ENTRY.id}`;
    expect(fixture.requests()).toEqual(['GET /api/v1/grid/nodes/node_n1', `DELETE ${by}`, `GET ${by}`, `GET ${by}`]);
    becomes(fixture.stub, {});
    const late = await fixture.ureg(['delete', 'svc_checkout', '--yes', '--wait=deleted', '--timeout', '300ms']);
    expect(late).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('svc_checkout was not deleted within 0.3 s'),
    });
    fixture.stub.seen.length = 0;
    expect((await fixture.ureg(['delete', 'svc_checkout', '--wait=deleted', '-n'])).stdout).toContain('DELETE http');
    expect(fixture.stub.seen).toEqual([]);
  });
});

describe('a wait that is interrupted', () => {
  const interrupted = async (...args: string[]): Promise<unknown[]> => {
    becomes(fixture.stub, { status: 'installed', state: 'running', done: 1 });
    fixture.stub.seen.length = 0;
    const env = { UREG_SERVER: fixture.stub.url };
    const child = fixture.program.start(args, { env });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const looks = (): number => fixture.stub.seen.filter(({ method }) => method === 'GET').length;
    while (looks() < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const began = performance.now();
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('close', resolve));
    return [code, performance.now() - began < 1000, stderr];
  };

  it('ends with 130, and says what has been done and how to look', async () => {
    expect(await interrupted('service', 'get', 'svc_checkout', '--wait=running')).toEqual([
      130,
      true,
      'interrupted: only the waiting has ended, look with: ureg service get svc_checkout\n',
    ]);
    expect(await interrupted('service', 'create', 'checkout', '--wait=running')).toEqual([
      130,
      true,
      `interrupted: created svc_checkout ${KIND_ENTRY.id}; only the waiting has ended, look with: ureg service get svc_checkout\n`,
    ]);
    expect(await interrupted('grid', 'delete', 'node_n1', '--yes', '--wait=deleted')).toEqual([
      130,
      true,
      'interrupted: the registry goes on with deleting svc_checkout; only the waiting has ended, look with: ureg grid get svc_checkout\n',
    ]);
    expect(await interrupted('config', 'rotate-keys', '--wait', '--status')).toEqual([
      130,
      true,
      'interrupted: the registry goes on; look with: ureg config rotate-keys --status\n',
    ]);
  });
});
