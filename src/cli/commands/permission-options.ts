import { usageError } from '../core/errors.js';
import type { OptionSpec } from '../spec/types.js';

export const PERMISSION_OPTION: OptionSpec = {
  flags: '--permission <permission>',
  summary: 'read:<area>, write:<area>, admin:<area>, read:*, … or *',
  completes: 'permission',
  list: true,
  repeatable: true,
  common: true,
};

/** For what exists already: all anew, or some more and some less. */
export const PERMISSION_CHANGES: readonly OptionSpec[] = [
  { ...PERMISSION_OPTION, summary: 'a permission, in the place of all it has' },
  { ...PERMISSION_OPTION, flags: '--add-permission <permission>', summary: 'a permission it has not yet' },
  {
    ...PERMISSION_OPTION,
    flags: '--remove-permission <permission>',
    summary: 'a permission to take away',
    common: undefined,
  },
];

/** Each may name several, with commas between. */
export function permissionList(value: unknown): string[] | undefined {
  return (value as string[] | undefined)?.flatMap((text) => text.split(',').map((one) => one.trim()));
}

/** What the permissions are to be; undefined when the options say nothing of them. */
export function changedPermissions(options: Record<string, unknown>, before: readonly string[]): string[] | undefined {
  const all = permissionList(options.permission);
  const added = permissionList(options.addPermission);
  const removed = permissionList(options.removePermission);
  if (all === undefined && added === undefined && removed === undefined) return undefined;
  if (all !== undefined && (added !== undefined || removed !== undefined)) {
    throw usageError('--permission says all of them: --add-permission and --remove-permission do not go with it');
  }
  const missing = removed?.find((one) => !before.includes(one));
  if (missing !== undefined) {
    throw usageError(`it has no permission ${JSON.stringify(missing)} to take away`, {
      reason: before.length > 0 ? `it has: ${before.join(', ')}` : 'it has none of its own',
    });
  }
  return [...new Set([...(all ?? before), ...(added ?? [])])].filter((one) => !removed?.includes(one));
}
