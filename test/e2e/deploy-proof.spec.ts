import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isNative } from '../support/database.js';
import { isThere } from '../support/other-programs.js';

const run = promisify(execFile);

// It makes a PostgreSQL server of its own, as it restarts it; where there is none to test on it could not.
const describeWithPrograms = isNative() && isThere('haproxy') && isThere('pgbouncer') ? describe : describe.skip;

describeWithPrograms('three replicas and a worker behind a balancer, and behind PgBouncer', () => {
  it('are exchanged without a failed request, lose nothing when one is killed, and outlive their database', async () => {
    // Every job of every process says that its database is away.
    const proof = run(process.execPath, ['scripts/prove-deploy.mjs', '--short', '--pooler'], { maxBuffer: 2 ** 26 });
    const { stdout } = await proof.catch((error: Error & { stdout: string }) => ({
      stdout: `${error.stdout}\n${error.message}`,
    }));
    expect(stdout).toContain('the deployment holds');
  }, 300_000);
});
