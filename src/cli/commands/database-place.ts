import { resolve } from 'node:path';
import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import type { OptionSpec } from '../spec/types.js';

/** Where a database is, as the service's own variables say it, and for people. */
export interface DatabasePlace {
  env: Record<string, string>;
  text: string;
}

export const TO_DATABASE_OPTION: OptionSpec = {
  flags: '--to <url>',
  summary: 'PostgreSQL database, postgresql://user:password@host:5432/name (default: DATABASE_URL)',
  common: true,
};

export const DATA_DIR_OPTION: OptionSpec = {
  flags: '--data-dir <folder>',
  summary: 'folder of an embedded database (default: DATA_DIR)',
  common: true,
};

/** From flags, else the variables that the service reads; never from a default, which would be somewhere by accident. */
export function placeOf(context: CommandContext, options: Record<string, unknown>): DatabasePlace {
  const { env } = context.terminal;
  const { to, dataDir } = options as { to?: string; dataDir?: string };
  if (to !== undefined && dataDir !== undefined)
    throw usageError('--to and --data-dir are two places', { reason: 'give one of them' });
  const url = dataDir === undefined ? (to ?? (env.DATABASE_URL || undefined)) : undefined;
  if (url !== undefined) return { env: serverEnv(url, to !== undefined), text: placeText(url) };
  const folder = dataDir ?? (env.DATA_DIR || undefined);
  if (folder === undefined)
    throw usageError('missing where: --to <url> or --data-dir <folder>', {
      reason: 'neither DATABASE_URL nor DATA_DIR is set',
    });
  return { env: { DATABASE_URL: '', DATA_DIR: resolve(folder) }, text: resolve(folder) };
}

/** The way past a pooler that the environment may name leads to its own database, not to another one. */
export const serverEnv = (url: string, given: boolean): DatabasePlace['env'] => ({
  DATABASE_URL: checked(url),
  DATA_DIR: '',
  ...(given && { DATABASE_DIRECT_URL: '' }),
});

function checked(url: string): string {
  if (/^postgres(ql)?:\/\/./.test(url) && URL.canParse(url)) return url;
  throw usageError('--to is no address of a PostgreSQL database', {
    reason: 'it looks like postgresql://user:password@host:5432/name',
  });
}

/** Without what opens it. */
export function placeText(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? host}${pathname}`;
}
