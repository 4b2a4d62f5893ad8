import { InvalidError } from '../../platform/errors/registry-error.js';
import { configKind } from './config.kind.js';
import { placeProblem, scopeText } from './scope.js';
import type { Scope, ScopeContext } from './scope.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How a value was named in a path: by id, or by its key with or without `cfg_` and with or without a scope. */
export interface ConfigName {
  uid?: string;
  name: string;
  /** As the version of an entry; undefined when none is named. */
  scopeText?: string;
}

export function referenceOf(text: string): ConfigName {
  if (UUID.test(text)) return { uid: text.toLowerCase(), name: '' };
  const at = text.indexOf('@');
  const key = (at < 0 ? text : text.slice(0, at)).trim().toLowerCase();
  const prefix = `${configKind.prefix}_`;
  const name = key.startsWith(prefix) ? key.slice(prefix.length) : key;
  return at < 0 ? { name } : { name, scopeText: text.slice(at + 1) };
}

/**
 * The scope a query names, as the version of an entry; undefined when it names none.
 * @throws InvalidError
 */
export function placeIn(query: { scope?: Scope; scope_id?: string } & ScopeContext): string | undefined {
  const { scope, scope_id: id } = query;
  if (scope === undefined) {
    if (id !== undefined) throw InvalidError.field('scope_id', 'needs a scope beside it');
    return undefined;
  }
  const place = { scope, scope_id: id ?? (scope === 'global' ? null : (query[scope] ?? null)) };
  const problem = placeProblem(place);
  if (problem) throw InvalidError.field(...problem);
  return scopeText(place);
}
