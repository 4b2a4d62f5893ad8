import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

const START_LIMIT_MS = 120_000;

/** The real service as its own process, on the embedded database in a folder's `data`, as `npm start` runs it there. */
export class Service {
  url = '';
  private child: ChildProcess | undefined;
  private output = '';

  /** Without vectors unless `env` says otherwise. */
  constructor(
    private readonly folder: string,
    private readonly env: Record<string, string> = {},
  ) {}

  get adminKey(): string {
    return readFileSync(join(this.folder, 'data', 'admin.key'), 'utf8').trim();
  }

  async start(): Promise<void> {
    execFileSync('npm', ['run', '--silent', 'build:server'], { stdio: 'pipe' });
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const env = {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'warn',
      EMBEDDING_PROVIDER: 'none',
      ...this.env,
    };
    const child = spawn(process.execPath, [join(process.cwd(), 'dist/src/main.js')], {
      cwd: this.folder,
      env,
      stdio: 'pipe',
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await this.isReady())) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`the service did not start:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  private async isReady(): Promise<boolean> {
    const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
    return answer?.ok === true;
  }
}

/** A port of this machine that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
