import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

describe('`npm run -s admin-key`', () => {
  it('prints a key and nothing else, whatever was still to be built: scripts take what it prints', () => {
    rmSync('dist/src/admin-key.js');
    const { stdout, stderr } = spawnSync('npm', ['run', '-s', 'admin-key'], { encoding: 'utf8' });
    expect(stdout).toMatch(/^admin_[A-Za-z0-9]{49}\n$/);
    expect(stderr).toContain('built 1 of ');
  });
});
