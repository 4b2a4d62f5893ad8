import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { programName } from '../aliases.js';
import { CliError, usageError } from './errors.js';
import { ExitCode } from './exit-codes.js';
import { openPrivateFile } from './private-file.js';

export interface Profile {
  server?: string;
  /** Sent only to this profile's own server. */
  key?: string;
  output?: string;
  timeout?: string;
  retries?: number;
}

export interface UserConfig {
  current?: string;
  profiles: Record<string, Profile>;
}

/**
 * What a folder may choose. No server and no key: a folder someone else wrote must not be able to have your key sent
 * to a server of its choice, so it can only name a profile that you made yourself.
 */
export interface ProjectConfig {
  path: string;
  profile?: string;
  output?: string;
  timeout?: string;
  retries?: number;
}

export const PROJECT_FILE = '.ureg.json';
const PROJECT_KEYS = ['profile', 'output', 'timeout', 'retries'];
const PROFILE_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/** `UREG_CONFIG`, else the XDG place. */
export function userConfigPath(env: NodeJS.ProcessEnv): string {
  if (env.UREG_CONFIG) return resolve(env.UREG_CONFIG);
  const base = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return join(base, 'universal-registry', 'config.json');
}

export function readUserConfig(path: string): UserConfig {
  const value = readJsonObject(path);
  if (value === undefined) return { profiles: {} };
  const profiles: Record<string, Profile> = Object.create(null) as Record<string, Profile>;
  const found = value.profiles;
  if (found && typeof found === 'object') Object.assign(profiles, found);
  return { ...(typeof value.current === 'string' ? { current: value.current } : {}), profiles };
}

const OTHERS = 0o077;

/**
 * Takes what others may do with the file away; the answer is what to tell the user, if there was anything to do. One
 * that holds keys and stays open to others is refused.
 */
export function closeToOthers(path: string): string | undefined {
  const mode = process.platform === 'win32' ? undefined : statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & OTHERS) === 0) return undefined;
  const holdsKeys = Object.values(readUserConfig(path).profiles).some(({ key }) => key !== undefined);
  try {
    chmodSync(path, mode & 0o700);
  } catch (cause) {
    if (!holdsKeys) return undefined;
    throw new CliError('cli.config_exposed', `${path} holds keys and can be read by others`, {
      reason: (cause as Error).message,
      next: `chmod 600 ${path}`,
      exitCode: ExitCode.usage,
      cause,
    });
  }
  if (!holdsKeys) return undefined;
  return `warning: others could read ${path}, which holds keys; it is yours alone now. Rotate keys that somebody may have read.`;
}

/** Written beside and renamed, readable by its owner only: it may hold keys. */
export function writeUserConfig(path: string, config: UserConfig): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    openPrivateFile(path).keep(`${JSON.stringify(config, null, 2)}\n`);
  } catch (cause) {
    throw new CliError('cli.config_unwritable', `cannot write ${path}`, { reason: (cause as Error).message, cause });
  }
}

/** The nearest `.ureg.json` from `cwd` upwards. */
export function findProjectConfig(cwd: string): ProjectConfig | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, PROJECT_FILE);
    if (existsSync(path)) return readProjectConfig(path);
    if (dirname(folder) === folder) return undefined;
  }
}

function readProjectConfig(path: string): ProjectConfig {
  const value = readJsonObject(path) ?? {};
  const unknown = Object.keys(value).find((key) => !PROJECT_KEYS.includes(key));
  if (unknown !== undefined) {
    throw usageError(`${path}: ${JSON.stringify(unknown)} cannot be set by a folder`, {
      reason: `a project file may hold ${PROJECT_KEYS.join(', ')}; servers and keys belong into a profile`,
      next: `${programName(process.argv[1])} profile add <name> --server <url>`,
    });
  }
  return { path, ...value };
}

export function assertProfileName(name: string): void {
  if (PROFILE_NAME.test(name)) return;
  throw usageError(`${JSON.stringify(name)} cannot name a profile`, { reason: 'use letters, digits, ".", "_", "-"' });
}

function readJsonObject(path: string): Record<string, unknown> | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliError('cli.config_unreadable', `cannot read ${path}`, { reason: (cause as Error).message, cause });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (value && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw badConfig(path, (cause as Error).message);
  }
  throw badConfig(path, 'it must hold one JSON object');
}

function badConfig(path: string, reason: string): CliError {
  return new CliError('cli.config_invalid', `${path} is not a valid config file`, { reason, exitCode: ExitCode.usage });
}
