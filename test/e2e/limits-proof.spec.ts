import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isNative, testPlace } from '../support/database.js';

const run = promisify(execFile);

// The embedded database belongs to one process.
(isNative() ? describe : describe.skip)('three processes that sixty clients ask', () => {
  it('admit no more than the limit in any window, and hardly less', async () => {
    const place = await testPlace();
    try {
      const { stdout } = await run(process.execPath, ['scripts/prove-limits.mjs', '--seconds', '6'], {
        env: { ...process.env, ...place.env },
      });
      expect(stdout).toContain('the limit holds');
    } finally {
      await place.drop();
    }
  }, 180_000);
});
