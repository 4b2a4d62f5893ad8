import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isNative, testPlace } from '../support/database.js';

const run = promisify(execFile);
/** Fewer than the proof itself has, and time for machines that do something else beside. */
const SHORT = ['--streams', '150', '--rounds', '1', '--explained', '400', '--opened-ms', '2000'];

// The embedded database belongs to one process.
(isNative() ? describe : describe.skip)('three processes of one mesh', () => {
  it('leave nothing behind of streams that break, share their circuit breakers and do what they explain', async () => {
    const place = await testPlace();
    try {
      const { stdout } = await run(process.execPath, ['scripts/prove-mesh.mjs', ...SHORT], {
        env: { ...process.env, ...place.env },
      });
      expect(stdout).toContain('the mesh holds');
    } finally {
      await place.drop();
    }
  }, 240_000);
});
