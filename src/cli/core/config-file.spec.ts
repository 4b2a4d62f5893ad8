import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertProfileName, closeToOthers, readUserConfig, userConfigPath, writeUserConfig } from './config-file.js';

const folder = mkdtempSync(join(tmpdir(), 'ureg-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the config file', () => {
  it('is readable by its owner only, and written whole', () => {
    const path = join(folder, 'new', 'config.json');
    const config = { current: 'a', profiles: { a: { server: 'http://x', key: 'k' } } };
    writeUserConfig(path, config);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
    expect(readUserConfig(path)).toEqual(config);
    expect(readdirSync(join(folder, 'new'))).toEqual(['config.json']);
  });

  it('that others can read is closed to them, with a warning when it holds keys', () => {
    const path = join(folder, 'open.json');
    for (const [key, warning] of [
      ['k', expect.stringContaining(`others could read ${path}`)],
      [undefined, undefined],
    ]) {
      writeUserConfig(path, { profiles: { a: { server: 'http://x', key } } });
      expect(closeToOthers(path)).toBeUndefined();
      chmodSync(path, 0o644);
      expect(closeToOthers(path)).toEqual(warning);
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    expect(closeToOthers(join(folder, 'none'))).toBeUndefined();
  });

  it('that is not there is empty', () => {
    expect(readUserConfig(join(folder, 'none'))).toEqual({ profiles: {} });
  });

  it.each(['[]', '{', 'null'])('holding %s is refused by name', (text) => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, text);
    expect(() => readUserConfig(path)).toThrow(`${path} is not a valid config file`);
  });

  it('stands where XDG says, or UREG_CONFIG', () => {
    expect(userConfigPath({ XDG_CONFIG_HOME: '/x' })).toBe('/x/universal-registry/config.json');
    expect(userConfigPath({ HOME: '/home/me' })).toBe('/home/me/.config/universal-registry/config.json');
    expect(userConfigPath({ UREG_CONFIG: '/y/c.json', XDG_CONFIG_HOME: '/x' })).toBe('/y/c.json');
  });

  it.each(['__proto__', '', '-x', 'a/b', 'x'.repeat(65)])('cannot hold a profile named %j', (name) => {
    expect(() => assertProfileName(name)).toThrow('cannot name a profile');
  });
});
