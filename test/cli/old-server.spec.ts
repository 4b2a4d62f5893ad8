import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFixture } from './support/fixture.js';
import type { Ended } from './support/program.js';
import { KIND_ENTRY } from './support/stub-kinds.js';

jest.setTimeout(120_000);

const fixture = useFixture();
const { version: OWN } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const OLD = '0.0.9';
const cache = (): string => join(fixture.program.home, '.cache/universal-registry/servers.json');

/** Every answer of the stub, with the version it says. */
function answers(status: number, body: object, version?: string): void {
  fixture.stub.override = (_, response) => {
    if (version !== undefined) response.setHeader('X-Registry-Version', version);
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
    response.end(JSON.stringify(body));
    return true;
  };
}
const noRoute = (version?: string): void =>
  answers(404, { status: 404, code: 'route.not_found', detail: 'There is nothing at this path.' }, version);
const get = (...more: string[]): Promise<Ended> => fixture.ureg(['service', 'get', 'svc_a', ...more]);

beforeEach(() => rmSync(join(fixture.program.home, '.cache'), { recursive: true, force: true }));

describe('a server that is older than the program', () => {
  const NOTICE = `the server is version ${OLD}, this ureg is ${OWN}: the command needs a newer server; upgrade it, or use ureg ${OLD}`;

  it('and lacks the route of a command is told of, once', async () => {
    noRoute(OLD);
    expect(await get()).toEqual({
      code: 3,
      stdout: '',
      stderr: `error: the server does not know GET /api/v1/services/svc_a\nreason: ${NOTICE}\n`,
      ms: expect.any(Number),
    });
    expect(fixture.requests()).toEqual(['GET /api/v1/services/svc_a']);
    const json = await get('-o', 'json');
    expect(JSON.parse(json.stderr)).toEqual({
      error: expect.objectContaining({ code: 'route.not_found', status: 404, hint: NOTICE }),
    });
    answers(405, { status: 405, code: 'route.method_not_allowed', detail: 'PATCH is not allowed here.' }, OLD);
    const update = await fixture.ureg(['service', 'update', 'svc_a', '--owner', 'x']);
    expect([update.code, update.stderr]).toEqual([11, expect.stringContaining(NOTICE)]);
  });

  it('is told of once when the same was to be done to several entries', async () => {
    noRoute(OLD);
    const { stderr, stdout } = await fixture.ureg(['service', 'delete', 'svc_a', 'svc_b', '--yes']);
    expect([stdout, stderr.split(NOTICE).length - 1]).toEqual(['', 1]);
    expect(fixture.requests()).toEqual(['DELETE /api/v1/services/svc_a']);
  });

  it('and does not even tell its version is one from before they did', async () => {
    noRoute();
    expect((await get()).stderr).toContain(
      `the server does not tell its version, this ureg is ${OWN}: the command needs a newer server`,
    );
  });

  it('is not mentioned for anything else', async () => {
    answers(404, { status: 404, code: 'entity.not_found', detail: 'No service.' }, OLD);
    expect((await get()).stderr).toBe('error: No service.\nnext: ureg service list\n');
    answers(500, { status: 500, code: 'internal', detail: 'x' }, OLD);
    expect((await get()).stderr).not.toContain(OLD);
    answers(200, KIND_ENTRY, OLD);
    expect(await get()).toMatchObject({ code: 0, stderr: '' });
    for (const same of [OWN, '99.0.0']) {
      noRoute(same);
      expect((await get()).stderr).toBe('error: There is nothing at this path.\nnext: ureg service list\n');
    }
    // Whatever stands at the address is no registry.
    fixture.stub.override = (_, response) => !!response.writeHead(404).end('<h1>Not found</h1>');
    expect((await get()).stderr).toBe('error: not found\nnext: ureg service list\n');
    // A path that the user typed is the user's.
    noRoute(OLD);
    expect((await fixture.ureg(['api', 'GET', 'nothing'])).stderr).not.toContain(OLD);
  });
});

describe('the version of a server', () => {
  const versions = async (...more: string[]): Promise<unknown> =>
    JSON.parse((await fixture.ureg(['--version', '-o', 'json', ...more])).stdout);
  const told = { cli: OWN, api: 'v1', node: process.versions.node };

  it('is kept for its owner alone, and told without asking', async () => {
    expect(await versions()).toEqual({ ...told, server: null });
    answers(200, KIND_ENTRY, OLD);
    await get();
    expect(statSync(cache()).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(cache(), 'utf8'))).toEqual({ [fixture.stub.url]: OLD });
    fixture.stub.reset();
    expect(await versions()).toEqual({ ...told, server: { url: fixture.stub.url, version: OLD } });
    expect(await versions('--server', 'http://127.0.0.1:9')).toEqual({ ...told, server: null });
    expect(await versions('--profile', 'none-such')).toEqual({ ...told, server: null });
    expect(fixture.requests()).toEqual([]);
  });

  it('is that of the profile in use', async () => {
    const folder = join(fixture.program.home, '.config/universal-registry');
    mkdirSync(folder, { recursive: true });
    const profiles = { old: { server: fixture.stub.url }, other: { server: 'http://127.0.0.1:9' } };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ profiles }), { mode: 0o600 });
    answers(200, KIND_ENTRY, OLD);
    const run = (args: string[]): Promise<Ended> => fixture.program.run(args);
    await run(['service', 'get', 'svc_a', '--profile', 'old']);
    const server = async (profile: string): Promise<unknown> =>
      (JSON.parse((await run(['--version', '-o', 'json', '--profile', profile])).stdout) as { server: unknown }).server;
    expect([await server('old'), await server('other')]).toEqual([{ url: fixture.stub.url, version: OLD }, null]);
  });

  it('is written when it changed and no other time, and its place may be one where nothing can be', async () => {
    answers(200, KIND_ENTRY, OLD);
    await get();
    const { ino } = statSync(cache());
    await get();
    expect(statSync(cache()).ino).toBe(ino);
    answers(200, KIND_ENTRY, '0.0.10');
    await get();
    expect(readFileSync(cache(), 'utf8')).toContain('0.0.10');
    const env = { XDG_CACHE_HOME: join(fixture.program.home, 'no-folder') };
    writeFileSync(env.XDG_CACHE_HOME, '');
    expect(await fixture.ureg(['service', 'get', 'svc_a'], { env })).toMatchObject({ code: 0, stderr: '' });
    rmSync(env.XDG_CACHE_HOME);
    answers(200, KIND_ENTRY);
    await fixture.ureg(['service', 'get', 'svc_a'], { env });
    expect(existsSync(env.XDG_CACHE_HOME)).toBe(false);
  });
});
