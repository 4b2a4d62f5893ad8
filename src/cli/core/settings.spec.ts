import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeUserConfig, type UserConfig } from './config-file.js';
import { parseServer, resolveKey, resolveSettings, type GlobalFlags } from './settings.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ureg-settings-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function settings(config: UserConfig, flags: GlobalFlags = {}, variables: NodeJS.ProcessEnv = {}, cwd = folder) {
  const path = join(folder, 'config.json');
  writeUserConfig(path, config);
  const env = { UREG_CONFIG: path, ...variables };
  return { env, settings: resolveSettings(flags, env, cwd) };
}

async function key(config: UserConfig, flags: GlobalFlags = {}, variables: NodeJS.ProcessEnv = {}) {
  const found = settings(config, flags, variables);
  const input = { ...found, flags, cwd: folder, readStdin: () => Promise.resolve('piped-key\n') };
  return resolveKey(input);
}

const PROD: UserConfig = {
  current: 'prod',
  profiles: { prod: { server: 'https://prod.example.com', key: 'prod-key' } },
};

describe('a setting', () => {
  it('comes from the flag, the variable, the profile, the default, in this order', () => {
    const server = (flags: GlobalFlags, variables: NodeJS.ProcessEnv, config = PROD): [string, string] => {
      const { value, source } = settings(config, flags, variables).settings.server;
      return [value.host, source];
    };
    const variables = { UREG_SERVER: 'http://variable:1', HYPER_REGISTRY_API: 'http://legacy:1' };
    expect(server({ server: 'http://flag:1', api: 'http://api:1' }, variables)).toEqual(['flag:1', '--server']);
    expect(server({ api: 'http://api:1' }, variables)).toEqual(['api:1', '--api']);
    expect(server({}, variables)).toEqual(['variable:1', 'UREG_SERVER']);
    expect(server({}, { HYPER_REGISTRY_API: 'http://legacy:1/api/v1' })).toEqual(['legacy:1', 'HYPER_REGISTRY_API']);
    expect(server({}, {})).toEqual(['prod.example.com', 'profile prod']);
    expect(server({}, {}, { profiles: {} })).toEqual(['127.0.0.1:8080', 'default']);
  });

  it('may be chosen by a project file, but never a server or a key', () => {
    const project = join(folder, 'project');
    mkdirSync(join(project, 'deep'), { recursive: true });
    writeFileSync(join(project, '.ureg.json'), '{"profile":"prod","output":"wide","timeout":"5s","retries":0}');
    const config: UserConfig = { ...PROD, current: undefined };
    const found = settings(config, {}, {}, join(project, 'deep')).settings;
    expect(found.profileName).toEqual({ value: 'prod', source: join(project, '.ureg.json') });
    expect([found.output.value, found.timeoutMs.value, found.retries.value]).toEqual(['wide', 5000, 0]);

    writeFileSync(join(project, '.ureg.json'), '{"server":"http://evil.example.com"}');
    expect(() => settings(config, {}, {}, project)).toThrow('"server" cannot be set by a folder');
  });

  it.each(['output', 'timeout', 'retries'] as const)('%s comes from the nearest of five places', (name) => {
    const values = {
      output: ['csv', 'yaml', 'wide', 'name'],
      timeout: ['1s', '2s', '3s', '4s'],
      retries: ['1', '3', '4', '5'],
    };
    const [flag, variable, project, profile] = values[name];
    const nearest = (places: { flag?: boolean; variable?: boolean; project?: boolean; profile?: boolean }): string => {
      const cwd = join(folder, 'here');
      mkdirSync(cwd, { recursive: true });
      writeFileSync(join(cwd, '.ureg.json'), JSON.stringify(places.project ? { [name]: project } : {}));
      const config = { current: 'p', profiles: { p: places.profile ? { [name]: profile } : {} } };
      const variables = places.variable ? { [`UREG_${name.toUpperCase()}`]: variable } : {};
      const found = settings(config, places.flag ? { [name]: flag } : {}, variables, cwd).settings;
      return found[name === 'timeout' ? 'timeoutMs' : name].source;
    };
    expect(nearest({ flag: true, variable: true, project: true, profile: true })).toBe(`--${name}`);
    expect(nearest({ variable: true, project: true, profile: true })).toBe(`UREG_${name.toUpperCase()}`);
    expect(nearest({ project: true, profile: true })).toBe(join(folder, 'here', '.ureg.json'));
    expect(nearest({ profile: true })).toBe('profile p');
    expect(nearest({})).toBe('default');
  });

  it('of a profile that does not exist is refused', () => {
    expect(() => settings(PROD, { profile: 'nope' })).toThrow('no profile "nope" (from --profile)');
  });

  it.each(['--timeout', '--retries'])('%s must be sensible', (flag) => {
    const flags = { [flag.slice(2)]: 'often' };
    expect(() => settings(PROD, flags)).toThrow(`${flag} "often"`);
  });
});

describe('the address of a server', () => {
  it.each([
    ['localhost:8080', 'http://localhost:8080/'],
    ['http://x/api/v1/', 'http://x/'],
    ['https://x/registry/', 'https://x/registry'],
    ['http://[::1]:8080', 'http://[::1]:8080/'],
  ])('%s is %s', (text, expected) => {
    expect(parseServer(text, '--server').href).toBe(expected);
  });

  it.each(['ftp://x', 'http://', 'http://user:pw@x', ''])('is not %j', (text) => {
    expect(() => parseServer(text, '--server')).toThrow(/--server: .* is not a server address/);
  });
});

describe('the key', () => {
  it('comes from the flag, the file, standard input, the variables, the profile, in this order', async () => {
    const file = join(folder, 'key');
    writeFileSync(file, 'file-key\n');
    const variables = { UREG_TOKEN: 'variable-key', UREG_TOKEN_FILE: file };
    expect(await key(PROD, { key: 'flag-key', tokenFile: file }, variables)).toEqual({
      value: 'flag-key',
      source: '--key',
    });
    expect((await key(PROD, { tokenFile: file }, variables)).value).toBe('file-key');
    expect((await key(PROD, { tokenStdin: true }, variables)).value).toBe('piped-key');
    expect(await key(PROD, {}, variables)).toEqual({ value: 'variable-key', source: 'UREG_TOKEN' });
    expect((await key(PROD, {}, { UREG_TOKEN_FILE: file })).value).toBe('file-key');
    expect(await key(PROD)).toEqual({ value: 'prod-key', source: 'profile prod' });
  });

  it('of a profile is not sent to another server', async () => {
    expect((await key(PROD, { server: 'https://other.example.com' })).value).toBeUndefined();
    expect((await key(PROD, { server: 'http://prod.example.com' })).value).toBeUndefined();
    expect((await key(PROD, { server: 'https://prod.example.com/api/v1' })).value).toBe('prod-key');
  });

  it('left in the data folder is used for this machine only', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'admin.key'), 'admin_key\n');
    const none: UserConfig = { profiles: {} };
    expect(await key(none)).toEqual({ value: 'admin_key', source: join(folder, 'data', 'admin.key') });
    expect((await key(none, { server: 'http://[::1]:9' })).value).toBe('admin_key');
    expect((await key(none, { server: 'http://127.0.0.1.evil.example.com' })).value).toBeUndefined();
    expect((await key(none, {}, { DATA_DIR: join(folder, 'elsewhere') })).value).toBeUndefined();
  });

  it.each(['', 'two words', 'line\nbreak', 'ünïcode'])('cannot be %j', async (text) => {
    await expect(key(PROD, { key: text })).rejects.toMatchObject({ exitCode: 2 });
  });
});
