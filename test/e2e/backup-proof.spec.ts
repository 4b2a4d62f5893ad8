import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isNative, testPlace } from '../support/database.js';

const run = promisify(execFile);

// It ends on a server, which the embedded run has not.
(isNative() ? describe : describe.skip)('an embedded registry by the command line', () => {
  it('is backed up under writers, restored elsewhere and moved to a server, and stays what it was', async () => {
    const place = await testPlace({ empty: true });
    try {
      const { PATH, HOME, TMPDIR } = process.env;
      const env = { PATH, HOME, TMPDIR, ...place.env };
      const { stdout } = await run(process.execPath, ['scripts/prove-backup.mjs', '--short'], { env });
      expect(stdout).toMatch(/^restored into another folder .* every one of \d+ tables comes to its checksum/m);
      expect(stdout).toMatch(/^the export there is the same, byte by byte/m);
      expect(stdout).toMatch(/^the audit trail is intact there/m);
    } finally {
      await place.drop();
    }
  }, 300_000);
});
