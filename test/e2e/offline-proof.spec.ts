import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { isNative } from '../support/database.js';

const run = promisify(execFile);
const PACKAGES = 200;

/** A network of its own needs Linux, its tools, and the right to have one. */
function canBeApart(): boolean {
  try {
    execFileSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// Once is enough: the service it starts has its own embedded database.
(isNative() && canBeApart() ? describe : describe.skip)('a service without a network', () => {
  it('starts, searches, reads texts and looks at the graph', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ureg-offline-'));
    try {
      const lines = gunzipSync(readFileSync('test/fixtures/debian-sample.jsonl.gz')).toString().split('\n');
      const file = join(folder, 'packages.jsonl');
      writeFileSync(file, `${lines.slice(0, PACKAGES).join('\n')}\n`);
      const ended = run(process.execPath, ['scripts/prove-offline.mjs', file]).catch((error: unknown) => error);
      expect(await ended).toMatchObject({ stdout: expect.stringContaining('it works without a network') });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 300_000);
});
