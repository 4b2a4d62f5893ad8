import { configWords, SCOPES } from '../kinds/config.words.js';
import { idArgument } from '../kinds/kind-request.js';
import type { QueryValue } from '../core/client.js';
import { usageError } from '../core/errors.js';
import type { ArgumentSpec, OptionSpec } from '../spec/types.js';

export const KEY: ArgumentSpec = {
  ...idArgument(configWords),
  name: 'key',
  summary: 'db.pool.size; db.pool.size@environment:production for one scope',
  asked: { question: 'Which key?' },
};

/** For whom a value is asked. */
export const CONTEXT_OPTIONS: readonly OptionSpec[] = [
  { flags: '-e, --environment <name>', summary: 'as it holds in this environment', common: true },
  { flags: '--service <name>', summary: 'as it holds for this service', completes: 'service-name', common: true },
  { flags: '--user <name>', summary: 'as it holds for this user', common: true },
];

/** Which value is meant: that of the scope named, else of the nearest of user, service and environment, else the global one. */
export const SCOPE_OPTIONS: readonly OptionSpec[] = [
  { flags: '-e, --environment <name>', summary: 'the value of this environment', common: true },
  {
    flags: '--service <name>',
    summary: 'that of this service; with --environment, of it there',
    completes: 'service-name',
    common: true,
  },
  { flags: '--user <name>', summary: 'that of this user; with --environment, of them there', common: true },
  { flags: '--scope <scope>', summary: `${SCOPES.join(', ')}: of this one and no other`, choices: SCOPES },
  { flags: '--scope-id <id>', summary: 'its environment, service or user' },
];

export const COMMENT: OptionSpec = { flags: '--comment <text>', summary: 'why, for the history', common: true };

export function contextQuery({ environment, service, user }: Record<string, unknown>): Record<string, QueryValue> {
  return { environment, service, user } as Record<string, QueryValue>;
}

export function scopeQuery(options: Record<string, unknown>): Record<string, QueryValue> {
  const { scope, scopeId } = options as Record<string, string | undefined>;
  return { ...contextQuery(options), scope, scope_id: scopeId };
}

export interface Place {
  /** Without its scope. */
  key: string;
  scope: string;
  scope_id?: string;
}

/** The key and the scope that are named, for bodies that name both. */
export function placeOf(typed: string, options: Record<string, unknown>): Place {
  const at = typed.indexOf('@');
  const { environment, service, user, scope, scopeId } = options as Record<string, string | undefined>;
  if (at >= 0) {
    if ([environment, service, user, scope, scopeId].some((one) => one !== undefined)) {
      throw usageError(`the scope is given twice: in ${typed} and by a flag`);
    }
    const [of = '', ...parts] = typed.slice(at + 1).split(':');
    return { key: typed.slice(0, at), scope: of, scope_id: parts.map(decodeURIComponent).join('/') };
  }
  const below = (name: string | undefined): string | undefined =>
    name === undefined || environment === undefined ? name : `${environment}/${name}`;
  const nearest = user !== undefined ? 'user' : service !== undefined ? 'service' : undefined;
  const chosen = scope ?? nearest ?? (environment !== undefined ? 'environment' : 'global');
  if (chosen === 'global') return { key: typed, scope: chosen };
  const named = { environment, service: below(service), user: below(user) }[chosen];
  const id = scopeId ?? named;
  return { key: typed, scope: chosen, ...(id !== undefined && { scope_id: id }) };
}

/** The same as one word that names the value wherever an id is taken: `db.pool.size@service:production:checkout`. */
export function idOf(typed: string, options: Record<string, unknown>): string {
  const { key, scope, scope_id: id } = placeOf(typed, options);
  if (scope === 'global' || typed.includes('@')) return typed;
  if (id === undefined) throw usageError(`--scope ${scope} needs --scope-id`);
  const parts = id.split('/').map((part) => encodeURIComponent(part));
  return `${key}@${[scope, ...parts].join(':')}`;
}

/** ` in production`, ` for service production/checkout`, or nothing. */
export function placeText({ scope, scope_id: id }: Record<string, unknown>): string {
  if (typeof scope !== 'string' || scope === 'global') return '';
  return scope === 'environment' ? ` in ${String(id)}` : ` for ${scope} ${String(id)}`;
}
