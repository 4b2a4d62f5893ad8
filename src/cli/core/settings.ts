import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { programName } from '../aliases.js';
import {
  findProjectConfig,
  readUserConfig,
  userConfigPath,
  type Profile,
  type ProjectConfig,
  type UserConfig,
} from './config-file.js';
import { parseCount, parseDuration } from './duration.js';
import { usageError } from './errors.js';

export const DEFAULT_SERVER = 'http://127.0.0.1:8080';

/** The global flags as the parser gives them. */
export interface GlobalFlags {
  server?: string;
  api?: string;
  profile?: string;
  key?: string;
  tokenFile?: string;
  tokenStdin?: boolean;
  output?: string;
  json?: boolean;
  fields?: string;
  timeout?: string;
  retries?: string;
  quiet?: boolean;
  input?: boolean;
  color?: string | false;
  pager?: boolean;
  headers?: boolean;
  debug?: boolean;
  /** Of the commands that have it. */
  confirm?: string;
}

/** A value and where it came from, as `auth status` and `config-file path` show it. */
export interface Setting<T> {
  value: T;
  source: string;
}

export interface Settings {
  configPath: string;
  user: UserConfig;
  project?: ProjectConfig;
  profileName: Setting<string | undefined>;
  profile: Profile;
  server: Setting<URL>;
  output: Setting<string | undefined>;
  timeoutMs: Setting<number>;
  /** True when a flag or variable set the time-out: long commands then keep to it. */
  timeoutGiven: boolean;
  retries: Setting<number>;
}

const DEFAULT_SOURCE = 'default';

type Candidate<T> = readonly [value: T | undefined, source: string];

/** Flag > `UREG_*` > project file > user file > default. */
export function resolveSettings(flags: GlobalFlags, env: NodeJS.ProcessEnv, cwd: string): Settings {
  const configPath = userConfigPath(env);
  const user = readUserConfig(configPath);
  const project = findProjectConfig(cwd);
  const folder = project?.path ?? '';
  const profileName = first<string | undefined>(
    [
      [flags.profile, '--profile'],
      [nonEmpty(env.UREG_PROFILE), 'UREG_PROFILE'],
      [project?.profile, folder],
      [user.current, configPath],
    ],
    undefined,
  );
  const profile = profileNamed(profileName, user);
  const saved = `profile ${profileName.value ?? ''}`;
  /** The four places of an ordinary setting, in their order. */
  const layered = (name: 'output' | 'timeout' | 'retries', flag: string | undefined): Candidate<string>[] => [
    [flag, `--${name}`],
    [nonEmpty(env[`UREG_${name.toUpperCase()}`]), `UREG_${name.toUpperCase()}`],
    [textOf(project?.[name]), folder],
    [textOf(profile[name]), saved],
  ];
  const server = first(
    [
      [flags.server, '--server'],
      [flags.api, '--api'],
      [nonEmpty(env.UREG_SERVER), 'UREG_SERVER'],
      [nonEmpty(env.HYPER_REGISTRY_API), 'HYPER_REGISTRY_API'],
      [profile.server, saved],
    ],
    DEFAULT_SERVER,
  );
  const timeout = first(layered('timeout', flags.timeout), '30s');
  const retries = first(layered('retries', flags.retries), '2');
  return {
    configPath,
    user,
    project,
    profileName,
    profile,
    server: { value: parseServer(server.value, server.source), source: server.source },
    output: first<string | undefined>(layered('output', flags.output ?? (flags.json ? 'json' : undefined)), undefined),
    timeoutMs: { value: parseDuration(timeout.value, timeout.source), source: timeout.source },
    timeoutGiven: timeout.source !== DEFAULT_SOURCE,
    retries: { value: parseCount(retries.value, retries.source, 0, 10), source: retries.source },
  };
}

/** `localhost:8080`, `https://host/registry/`, `http://host/api/v1` → the root below which `/api/v1` and `/health` stand. */
export function parseServer(text: string, source: string): URL {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme.trim());
  } catch {
    throw badServer(text, source, 'write it like http://127.0.0.1:8080');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw badServer(text, source, 'only http and https work');
  if (url.username || url.password)
    throw badServer(text, source, 'give the key by UREG_TOKEN or a profile, not in the URL');
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
  return url;
}

/** A server as it is told and remembered: without a slash at the end. */
export function addressOf(server: URL): string {
  return server.href.replace(/\/$/, '');
}

function badServer(text: string, source: string, reason: string): Error {
  return usageError(`${source}: ${JSON.stringify(text)} is not a server address`, { reason });
}

export interface KeyInput {
  flags: GlobalFlags;
  env: NodeJS.ProcessEnv;
  settings: Settings;
  cwd: string;
  readStdin: () => Promise<string>;
}

/** The first credential found, or none. A profile's key goes to that profile's server only. */
export async function resolveKey({
  flags,
  env,
  settings,
  cwd,
  readStdin,
}: KeyInput): Promise<Setting<string | undefined>> {
  if (flags.key !== undefined) return { value: cleanKey(flags.key, '--key'), source: '--key' };
  if (flags.tokenFile !== undefined) {
    return { value: cleanKey(readKeyFile(flags.tokenFile), '--token-file'), source: `--token-file ${flags.tokenFile}` };
  }
  if (flags.tokenStdin) return { value: cleanKey(await readStdin(), '--token-stdin'), source: '--token-stdin' };
  if (env.UREG_TOKEN) return { value: cleanKey(env.UREG_TOKEN, 'UREG_TOKEN'), source: 'UREG_TOKEN' };
  if (env.UREG_TOKEN_FILE) {
    return { value: cleanKey(readKeyFile(env.UREG_TOKEN_FILE), 'UREG_TOKEN_FILE'), source: 'UREG_TOKEN_FILE' };
  }
  const { profile, profileName, server } = settings;
  const own = parseServer(profile.server ?? DEFAULT_SERVER, 'profile');
  if (profile.key && own.origin === server.value.origin) {
    return { value: cleanKey(profile.key, 'profile'), source: `profile ${profileName.value ?? ''}` };
  }
  return isLoopback(server.value) ? embeddedKey(env, cwd) : { value: undefined, source: 'none' };
}

/** The admin key that a service on this machine left in its data folder. */
function embeddedKey(env: NodeJS.ProcessEnv, cwd: string): Setting<string | undefined> {
  const path = join(resolve(cwd, env.DATA_DIR || 'data'), 'admin.key');
  try {
    const value = readFileSync(path, 'utf8').trim();
    if (value) return { value: cleanKey(value, path), source: path };
  } catch {
    // No such file, or not ours to read: the server will say that a key is needed.
  }
  return { value: undefined, source: 'none' };
}

export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname);
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw usageError(`cannot read the key file ${JSON.stringify(path)}`, { reason: (cause as Error).message, cause });
  }
}

/** A line break or other unprintable character in a header would be refused deep inside the HTTP code: say it here. */
export function cleanKey(text: string, source: string): string {
  const key = text.trim();
  if (key === '') throw usageError(`${source}: the key is empty`);
  if (!/^[\x21-\x7e]+$/.test(key)) throw usageError(`${source}: the key contains characters no key has`);
  return key;
}

function profileNamed(name: Setting<string | undefined>, user: UserConfig): Profile {
  if (name.value === undefined) return {};
  const profile = user.profiles[name.value];
  if (profile) return profile;
  const known = Object.keys(user.profiles);
  throw usageError(`no profile ${JSON.stringify(name.value)} (from ${name.source})`, {
    reason: known.length ? `there are: ${known.join(', ')}` : 'no profile has been made yet',
    next: `${programName(process.argv[1])} profile add ${name.value} --server <url>`,
  });
}

function first<T>(candidates: Candidate<T>[], fallback: T): Setting<T> {
  for (const [value, source] of candidates) if (value !== undefined) return { value, source };
  return { value: fallback, source: DEFAULT_SOURCE };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text ? text : undefined;
}

function textOf(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
