import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isNative } from '../support/database.js';

const run = promisify(execFile);

// It makes a PostgreSQL server of its own, which only a machine that has one can.
(isNative() ? describe : describe.skip)('configuration on two processes', () => {
  it('loses no update, and no secret while their key is rotated and a process is killed', async () => {
    const { PATH, HOME, TMPDIR, PG_BIN } = process.env;
    const env = { PATH, HOME, TMPDIR, ...(PG_BIN && { PG_BIN }) };
    // What it printed says more than that it failed.
    const ended = run(process.execPath, ['scripts/prove-config.mjs', '--short'], { env }).catch(
      (error: unknown) => error,
    );
    expect(await ended).toMatchObject({ stdout: expect.stringContaining('configuration holds') });
  }, 300_000);
});
