import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { testPlace } from '../support/database.js';

const run = promisify(execFile);

describe('workers that are killed at random', () => {
  it('do every workload once, and none of them two at a time', async () => {
    const place = await testPlace();
    try {
      const { PATH, HOME, TMPDIR } = process.env;
      const { stdout } = await run(
        process.execPath,
        ['scripts/prove-workloads.mjs', '--tasks', '1000', '--workers', '4'],
        { env: { PATH, HOME, TMPDIR, ...place.env } },
      );
      expect(stdout).toContain('the queue holds');
    } finally {
      await place.drop();
    }
  }, 300_000);
});
