import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import type { OptionSpec } from '../spec/types.js';
import type { Condition, Waited } from './condition.js';

const RULES = 'as long as --timeout (help waiting)';

/** Of what changes an entry: what is waited for afterwards. */
export const WAIT_FOR: OptionSpec = {
  flags: '--wait=<condition>',
  summary: `until it holds: a state, or field=value, ${RULES}`,
};
export const WAIT_FOR_ON_GET: OptionSpec = {
  flags: WAIT_FOR.flags,
  summary: `until it holds: a state, field=value or deleted, ${RULES}`,
  common: true,
};
export const WAIT_DELETED: OptionSpec = {
  flags: '--wait=deleted',
  summary: `until it is gone, ${RULES}`,
};
/** Of what a driver does. */
export const WAIT_FOR_DRIVER: OptionSpec = {
  flags: '--wait[=<condition>]',
  summary: `until the driver has done it, and a state or field=value holds, ${RULES}`,
  common: true,
};

export interface WaitRules {
  /** `deleted` is a condition. */
  mayGo?: boolean;
  /** It is the only one. */
  onlyGo?: boolean;
  /** `--wait` alone says enough. */
  driven?: boolean;
}

/** Any entry, whatever its kind. */
export const ENTRY = { name: 'entry', one: 'an entry', path: 'entities' } as const;

/** The condition of `--wait`, refused before anything is asked when it is none; undefined when there is none. */
export async function conditionOf(
  context: CommandContext,
  options: Readonly<Record<string, unknown>>,
  waited: Waited,
  { mayGo = false, onlyGo = false, driven = false }: WaitRules = {},
): Promise<Condition | undefined> {
  const { wait } = options;
  const next = `${context.program} help waiting`;
  if (wait === undefined || (wait === true && driven)) return undefined;
  if (wait === true) {
    const example = onlyGo ? '--wait=deleted' : '--wait=health=healthy';
    throw usageError('--wait needs a condition here', { reason: `it stands behind "=": ${example}`, next });
  }
  // What cannot be shown in the end is not worth waiting for.
  void context.format;
  // What fields there are is much to read, and seldom asked.
  const { parseCondition } = await import('./condition.js');
  const condition = parseCondition(String(wait), waited, { mayGo: mayGo || onlyGo });
  if (onlyGo && !condition.deleted) throw usageError(`--wait=${String(wait)}: delete waits for deleted only`, { next });
  return condition;
}

/** `; health is healthy`: what was waited for, where the sentence does not tell it. */
export function heldText(condition: Condition | undefined, toldStatus = false): string {
  if (!condition || condition.deleted || (toldStatus && condition.field === 'status')) return '';
  return `; ${condition.field} is ${condition.wanted}`;
}
