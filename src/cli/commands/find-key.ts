import type { CommandContext } from '../core/context.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { didYouMean } from '../core/nearest.js';
import { keyState, type ApiKey } from '../views/key-view.js';

export const KEYS_PATH = '/api/v1/gateway/keys';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const KEY_ITSELF = /^(ureg|svc|admin|refresh)_[0-9A-Za-z]{49}$/;
const MOST = 1000;

export function keyPath(key: Pick<ApiKey, 'id'>): string {
  return `${KEYS_PATH}/${key.id}`;
}

/**
 * A key by its id or its name. Names need not be unique (a rotated key and the one in its place share theirs): the only
 * one in force is meant, else the only one there is.
 */
export async function findKey(context: CommandContext, text: string): Promise<ApiKey> {
  if (KEY_ITSELF.test(text)) {
    throw usageError('this is a key itself: say which one by its id or name', {
      reason: 'what is typed stays in the history of the shell; nothing was sent',
      next: `${context.program} key list`,
    });
  }
  const client = await context.client();
  if (UUID.test(text)) return client.json<ApiKey>({ method: 'GET', path: keyPath({ id: text }) });
  const named = (q?: string): Promise<ApiKey[]> =>
    client.json<ApiKey[]>({ method: 'GET', path: KEYS_PATH, query: { q, limit: MOST } });
  const candidates = await named(text);
  const exact = candidates.filter(({ name }) => name === text);
  const found = exact.length > 0 ? exact : candidates.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
  if (found.length === 0) throw notFound(context, text, [...candidates, ...(await named())]);
  const inForce = found.filter((key) => keyState(key) === 'active');
  const meant = inForce.length > 0 ? inForce : found;
  if (meant.length === 1 && meant[0]) return meant[0];
  throw usageError(`${meant.length} keys are named ${JSON.stringify(text)}: give the id`, {
    reason: meant.map((key) => `${key.id} (${keyState(key)}, ends in ${key.last_four})`).join(', '),
    next: `${context.program} key list --name ${JSON.stringify(text)} -o wide`,
  });
}

function notFound(context: CommandContext, text: string, others: readonly ApiKey[]): CliError {
  return new CliError('key.not_found', `no key ${JSON.stringify(text)}`, {
    exitCode: ExitCode.notFound,
    reason: didYouMean(
      text,
      others.map(({ name }) => name),
    ),
    next: `${context.program} key list`,
  });
}
