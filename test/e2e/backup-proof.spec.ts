import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

it('a file that is no whole backup is refused by its name before a folder is made for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ureg-restore-'));
  try {
    const file = join(folder, 'half.ureg');
    writeFileSync(file, '{"backup":"universal-registry","format":2}\n');
    const args = ['dist/cli/main.mjs', 'restore', file, '--data-dir', join(folder, 'into')];
    const env = { PATH: process.env.PATH, HOME: folder };
    await expect(run(process.execPath, args, { env })).rejects.toMatchObject({
      code: 11,
      stderr: `error: "${file}" is not the whole backup it should be\nreason: It is of format 2; this release reads format 1.\n`,
    });
    expect(readdirSync(folder)).toEqual(['half.ureg']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
