import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

it('packages of Debian resolve by their own versioned constraints, each plan checked', async () => {
  // The sample of the repository; its few hundred packages have everything that they need.
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/prove-resolution.mjs']);
  expect(stdout).toMatch(/^200 plans of 1 to \d{3,4} packages, each checked; 0 have none$/m);
});
