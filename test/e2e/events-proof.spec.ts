import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isNative, testPlace } from '../support/database.js';

const run = promisify(execFile);

it('brings every acknowledged change of many writers exactly once and in order to followers that are cut and resume', async () => {
  const place = await testPlace();
  const database = isNative() ? [] : ['--embedded'];
  try {
    const { stdout } = await run(process.execPath, ['scripts/prove-events.mjs', '--seconds', '3', ...database], {
      env: { ...process.env, ...place.env },
    });
    expect(stdout).toContain('Every acknowledged change came exactly once, in order, without a gap.');
  } finally {
    await place.drop();
  }
}, 180_000);
