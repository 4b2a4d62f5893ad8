import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import { RegistryClient } from '../../src/client/index.js';
import { makeKey } from '../../src/gateway/keys/key-format.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { ServiceProcess } from '../support/service-process.js';

jest.setTimeout(180_000);

const PREAMBLE = `import { RegistryClient } from 'universal-registry/client';
const registry = new RegistryClient({ baseUrl: process.env.REGISTRY_URL ?? '', apiKey: process.env.REGISTRY_KEY });
`;
const TYPES = `import { RegistryClient, type components, type DataOf, type ListPath, type RegistryEvent } from 'universal-registry/client';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;
const registry = new RegistryClient({ baseUrl: 'http://localhost' });
type Service = components['schemas']['Service'];

export async function typed(): Promise<void> {
  const service = await registry.get('/api/v1/services/{id}', { params: { path: { id: 'a' } } });
  holds<Same<typeof service, Service>>();
  holds<Same<DataOf<'/api/v1/services', 'get'>, Service[]>>();
  const nothing = await registry.delete('/api/v1/services/{id}', { params: { path: { id: 'a' } } });
  holds<Same<typeof nothing, undefined>>();
  const text = await registry.get('/metrics');
  holds<Same<typeof text, string>>();
  for await (const row of registry.items('/api/v1/services')) holds<Same<typeof row, Service>>();
  for await (const event of registry.events()) holds<Same<typeof event, RegistryEvent>>();
  holds<'/api/v1/services' extends ListPath ? true : false>();
  await registry.post('/api/v1/gateway/tokens', { body: {} });

  // @ts-expect-error: there is no such path
  await registry.get('/api/v1/service');
  // @ts-expect-error: it cannot be made by this method
  await registry.patch('/api/v1/services', { body: {} });
  // @ts-expect-error: the id is missing
  await registry.get('/api/v1/services/{id}');
  // @ts-expect-error: the body is missing
  await registry.post('/api/v1/services');
  // @ts-expect-error: the ends are missing
  await registry.post('/api/v1/relationships', { body: { type: 'depends_on' } });
  // @ts-expect-error: no such type of service
  await registry.post('/api/v1/services', { body: { name: 'a', version: '1.0.0', type: 'apy' } });
  // @ts-expect-error: a field that is none
  await registry.post('/api/v1/services', { body: { name: 'a', version: '1.0.0', type: 'api', nmae: 'b' } });
  // @ts-expect-error: an option that is none
  await registry.get('/api/v1/services', { timeout: 5 });
  // @ts-expect-error: no list
  registry.items('/api/v1/stats');
  // @ts-expect-error: the answer has no such field
  console.log(service.nmae);
}
`;

interface Example {
  code: string;
  /** What stands as a comment behind each console.log. */
  output: string[];
}

/** The examples of the page, in their order. */
const examples: Example[] = [...readFileSync('docs/client.md', 'utf8').matchAll(/```ts\n([^]*?)```/g)].map(
  ([, code = '']) => ({
    code: code.includes('new RegistryClient') ? code : PREAMBLE + code,
    output: [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text = '']) => text),
  }),
);

const KEY = makeKey('admin_key');

/** A folder of a program that has the package among its own. */
let folder: string;
let place: TestPlace;
/** One for the whole file: it starts while the types are looked at. */
let service: ServiceProcess;
let env: Record<string, string>;

beforeAll(async () => {
  place = await testPlace();
  env = { ...place.env, REGISTRY_ADMIN_KEY: KEY, PORT: String(await freePort()) };
  service = new ServiceProcess(env);
  folder = mkdtempSync(join(tmpdir(), 'ureg-client-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(process.cwd(), join(folder, 'node_modules', 'universal-registry'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(async () => {
  await service.kill();
  rmSync(folder, { recursive: true, force: true });
  await place.drop();
});

function run(args: string[], more: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: folder, env: { PATH: process.env.PATH, ...more } },
      (error, stdout, stderr) => resolve({ code: error ? 1 : 0, output: stdout + stderr }),
    );
  });
}

describe('the client as a package', () => {
  it('has the types that openapi.json says', async () => {
    expect(await run([join(process.cwd(), 'scripts/client-types.mjs'), '--check'])).toEqual({ code: 0, output: '' });
  });

  it('is typed for those who import it, and every example of its page compiles', async () => {
    const options = {
      strict: true,
      noEmit: true,
      // That the declarations hold among themselves is seen where they are made; what is asked here is how they serve.
      skipLibCheck: true,
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      typeRoots: [join(process.cwd(), 'node_modules/@types')],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
    writeFileSync(join(folder, 'types.ts'), TYPES);
    for (const [n, { code }] of examples.entries())
      writeFileSync(join(folder, `example-${n}.ts`), `${code}\nexport {};\n`);
    expect(await run([join(process.cwd(), 'node_modules/typescript/bin/tsc')])).toEqual({ code: 0, output: '' });
  });

  it('does what its page shows', async () => {
    const where = { REGISTRY_URL: await service.url(), REGISTRY_KEY: KEY };
    expect(examples.length).toBeGreaterThan(6);
    for (const [n, { code, output }] of examples.entries()) {
      const jsc = { parser: { syntax: 'typescript' }, target: 'es2022' } as const;
      writeFileSync(join(folder, `${n}.js`), transformSync(code, { jsc, module: { type: 'es6' } }).code);
      expect([code, await run([`${n}.js`], where)]).toEqual([
        code,
        { code: 0, output: output.map((line) => `${line}\n`).join('') },
      ]);
    }
  });

  it('goes on following when the service is killed and started again', async () => {
    const registry = new RegistryClient({ baseUrl: await service.url(), apiKey: KEY, timeoutMs: 60_000, retries: 40 });
    const got: (string | undefined)[] = [];
    const stop = new AbortController();
    const following = (async () => {
      const options = {
        entityTypes: ['dataset'],
        types: ['entity_created'],
        since: 0,
        reconnectDelayMs: 100,
        signal: stop.signal,
      };
      for await (const { entity } of registry.events(options)) got.push(entity?.name);
    })().catch((error: unknown) => error);
    const create = (name: string): Promise<unknown> =>
      registry.post('/api/v1/entities', { body: { type: 'dataset', name } });
    await create('first');
    await eventually('it came', () => got.includes('first'));
    await service.kill();
    // Waits until the service is there again.
    const second = create('second');
    service = new ServiceProcess(env);
    await second;
    await eventually('it came', () => got.includes('second'));
    expect(got).toEqual(['first', 'second']);
    stop.abort();
    expect(await following).toMatchObject({ name: 'AbortError' });
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
