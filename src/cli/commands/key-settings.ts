import { parseMoment, parseRate } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { readData } from '../core/input.js';
import type { OptionSpec } from '../spec/types.js';
import { asObject, assignments } from './entry-input.js';

/** Flags that fill the settings of a key, one to one, permissions aside. */
export const KEY_OPTIONS: readonly OptionSpec[] = [
  { flags: '--name <name>', summary: 'what or whom the key is for', common: true },
  { flags: '--role <role>', summary: 'a set of permissions by name: viewer, developer, …', common: true },
  { flags: '--expires <time>', summary: '12h, 30d, 2030-01-01 or a date and time; never', common: true },
  {
    flags: '--allow-ip <address>',
    summary: 'address or network (CIDR) to be used from',
    repeatable: true,
    common: true,
  },
  { flags: '--rate <limit>', summary: 'requests in a time, e.g. 1000/1h or 50/s', common: true },
  { flags: '--metadata <field=value>', summary: 'a metadata field; the value may be JSON', repeatable: true },
  { flags: '--data <json>', summary: 'the whole body: JSON or YAML, @file, or - for stdin; flags win over it' },
];

/** The settings the flags state, as the API names them. */
export async function keySettings(
  options: Record<string, unknown>,
  stdin: NodeJS.ReadStream,
): Promise<Record<string, unknown>> {
  const body = options.data === undefined ? {} : asObject(await readData(String(options.data), stdin), '--data');
  if (options.name !== undefined) body.name = options.name;
  if (options.role !== undefined) body.role = options.role;
  if (options.expires !== undefined) body.expires_at = expiry(options.expires);
  if (options.allowIp !== undefined)
    body.allowed_ips = (options.allowIp as string[]).flatMap((text) => text.split(',').map((one) => one.trim()));
  if (options.rate !== undefined) body.rate_limit = parseRate(String(options.rate), '--rate');
  const metadata = options.metadata as string[] | undefined;
  if (metadata) body.metadata = { ...(body.metadata as object | undefined), ...assignments(metadata, '--metadata') };
  return body;
}

/** RFC 3339, or null for a key that never ends. */
export function expiry(text: unknown): string | null {
  return text === 'never' ? null : parseMoment(String(text), '--expires');
}

const EMPTIED = ['role', 'permissions', 'expires_at', 'rate_limit', 'allowed_ips'];

/** `--unset role`, `--unset metadata.team`. */
export function unsetKeyField(body: Record<string, unknown>, field: string): void {
  if (EMPTIED.includes(field)) {
    body[field] = null;
    return;
  }
  if (!field.startsWith('metadata.')) {
    throw usageError(`${JSON.stringify(field)} cannot be unset`, {
      reason: `fields: ${EMPTIED.join(', ')}, metadata.<field>`,
    });
  }
  const emptied = assignments([`${field}=null`], '--unset').metadata as object;
  body.metadata = { ...(body.metadata as object | undefined), ...emptied };
}
