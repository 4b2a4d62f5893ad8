import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isNative } from '../support/database.js';

const run = promisify(execFile);

// It makes a PostgreSQL server of its own, which only a machine that has one can.
(isNative() ? describe : describe.skip)('configuration on two processes', () => {
  it('loses no update, and no secret while their key is rotated and a process is killed', async () => {
    const { PATH, HOME, TMPDIR, PG_BIN } = process.env;
    const { stdout } = await run(process.execPath, ['scripts/prove-config.mjs', '--short'], {
      env: { PATH, HOME, TMPDIR, ...(PG_BIN && { PG_BIN }) },
    });
    expect(stdout).toContain('configuration holds');
  }, 300_000);
});
