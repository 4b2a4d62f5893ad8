import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerVersions, serverVersionsPath } from './server-versions.js';

const HOST = 'http://127.0.0.1:8080';

describe('the versions of servers', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ureg-versions-'));
    path = join(folder, 'cache/universal-registry/servers.json');
  });
  afterEach(() => {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true });
  });

  it('stand where XDG says', () => {
    expect(serverVersionsPath({ XDG_CACHE_HOME: '/x' })).toBe('/x/universal-registry/servers.json');
    expect(serverVersionsPath({ HOME: '/home/me' })).toBe('/home/me/.cache/universal-registry/servers.json');
  });

  it('are kept for their owner alone, and written only when they change', () => {
    const versions = new ServerVersions(path);
    expect(versions.of(HOST)).toBeUndefined();
    expect(existsSync(path)).toBe(false);
    versions.heard(HOST, '0.1.0');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const written = statSync(path).ino;
    new ServerVersions(path).heard(HOST, '0.1.0');
    expect(statSync(path).ino).toBe(written);
    new ServerVersions(path).heard('https://other', '2.0.0-rc.1');
    versions.heard(HOST, '0.2.0');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ 'https://other': '2.0.0-rc.1', [HOST]: '0.2.0' });
  });

  it('are those of the last fifty servers', () => {
    const versions = new ServerVersions(path);
    for (let port = 1; port <= 60; port += 1) versions.heard(`http://a:${port}`, '1.0.0');
    expect([versions.of('http://a:10'), versions.of('http://a:11')]).toEqual([undefined, '1.0.0']);
  });

  it('that are none are not believed, from an answer or from the file', () => {
    const versions = new ServerVersions(path);
    for (const text of ['', 'newest', '1.0\u001b[2J', `1.${'0'.repeat(80)}`]) versions.heard(HOST, text);
    expect(existsSync(path)).toBe(false);
    mkdirSync(join(folder, 'cache/universal-registry'), { recursive: true });
    for (const text of ['{', '[]', 'null', `{"${HOST}":{"a":1}}`, `{"${HOST}":"no"}`]) {
      writeFileSync(path, text);
      expect(new ServerVersions(path).of(HOST)).toBeUndefined();
    }
    versions.heard(HOST, '0.1.0');
    expect(new ServerVersions(path).of(HOST)).toBe('0.1.0');
  });

  it('are known for this run where nothing can be written', () => {
    writeFileSync(join(folder, 'cache'), 'a file where the folder would be');
    const versions = new ServerVersions(path);
    versions.heard(HOST, '0.1.0');
    expect(versions.of(HOST)).toBe('0.1.0');
  });
});
