import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Program, type Ended, type RunOptions } from './program.js';
import { runHere } from './run-here.js';
import { StubRegistry } from './stub-registry.js';

export const KEY = 'ureg_secretsecretsecretsecret';

export interface Fixture {
  program: Program;
  stub: StubRegistry;
  /** Runs the program against the stub, with a key. */
  ureg: (args: string[], options?: RunOptions) => Promise<Ended>;
  /** What the stub was asked: `GET /api/v1/entities?limit=50`. */
  requests: () => string[];
}

/**
 * The program and a stub registry for a whole file; every test begins with nothing asked and no settings kept. `here` runs
 * it in this process: for what is asked of the registry and said of its answers, which no process of its own adds to.
 */
export function useFixture({ here = false } = {}): Fixture {
  const fixture = {} as Fixture;
  const before = process.cwd();
  beforeAll(async () => {
    fixture.program = new Program();
    fixture.stub = await new StubRegistry().listen();
    if (here) process.chdir(fixture.program.home);
  });
  afterAll(async () => {
    process.chdir(before);
    await fixture.stub.close();
    fixture.program.remove();
  });
  beforeEach(() => {
    fixture.stub.reset();
    rmSync(join(fixture.program.home, '.config'), { recursive: true, force: true });
  });
  fixture.ureg = (args, options = {}) => {
    const env = { UREG_SERVER: fixture.stub.url, UREG_TOKEN: KEY, ...options.env };
    if (!here) return fixture.program.run(args, { ...options, env });
    return runHere(args, { ...options, env: { HOME: fixture.program.home, ...env } });
  };
  fixture.requests = () =>
    fixture.stub.seen.map(
      ({ method, path, query }) => `${method} ${path}${query.size > 0 ? `?${query.toString()}` : ''}`,
    );
  return fixture;
}
