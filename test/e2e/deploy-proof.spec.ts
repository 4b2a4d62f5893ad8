import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isNative } from '../support/database.js';
import { isThere } from '../support/other-programs.js';

const run = promisify(execFile);

// It makes a PostgreSQL server of its own, as it restarts it; where there is none to test on it could not.
const describeWithServer = isNative() && isThere('haproxy') ? describe : describe.skip;

describeWithServer('three replicas and a worker behind a balancer', () => {
  const prove = async (...options: string[]): Promise<string> => {
    const { stdout } = await run(process.execPath, ['scripts/prove-deploy.mjs', '--short', ...options]).catch(
      (error: Error & { stdout: string }) => ({ stdout: `${error.stdout}\n${error.message}` }),
    );
    return stdout;
  };

  (isThere('pgbouncer') ? it : it.skip)(
    'are exchanged without a failed request, lose nothing when one is killed, and outlive their database, behind PgBouncer',
    async () => expect(await prove('--pooler')).toContain('the deployment holds'),
    300_000,
  );
});
