/** From the widest to the nearest. */
export const SCOPES = ['global', 'environment', 'service', 'user'] as const;
export type Scope = (typeof SCOPES)[number];

/** Where a value holds. `scope_id` names the environment, service or user; `production/checkout` one in one environment. */
export interface ScopePlace {
  scope: Scope;
  scope_id: string | null;
}

/** For whom a value is asked. */
export interface ScopeContext {
  environment?: string;
  service?: string;
  user?: string;
}

const NAME = '[A-Za-z0-9][A-Za-z0-9._:@+=~-]{0,63}';
export const SCOPE_NAME = new RegExp(`^${NAME}$`);
export const SCOPE_ID = new RegExp(`^(?:${NAME}/)?${NAME}$`);
/** What an entry's version may hold. */
const MOST_TEXT = 128;

/** What is wrong with a place, by field; undefined when nothing is. */
export function placeProblem({ scope, scope_id: id }: ScopePlace): [field: string, message: string] | undefined {
  if (scope === 'global') return id === null ? undefined : ['scope_id', 'is none of the global scope'];
  if (id === null) return ['scope_id', `names the ${scope} and is required`];
  if (!SCOPE_ID.test(id)) return ['scope_id', 'must be a name, or <environment>/<name>'];
  if (scope === 'environment' && id.includes('/')) return ['scope_id', 'of an environment must be its name alone'];
  if (scopeText({ scope, scope_id: id }).length > MOST_TEXT) return ['scope_id', 'is too long'];
  return undefined;
}

/** A place as the version of its entry: empty for the global one, `environment:production`, `service:production:checkout`. */
export function scopeText({ scope, scope_id: id }: ScopePlace): string {
  return scope === 'global' ? '' : [scope, ...(id ?? '').split('/').map((part) => escaped(part))].join(':');
}

/** The place of an entry's version; undefined when it names none. */
export function placeOf(text: string): ScopePlace | undefined {
  if (text === '') return { scope: 'global', scope_id: null };
  const [scope, ...parts] = text.split(':');
  if (!SCOPES.some((known) => known === scope) || scope === 'global' || parts.length === 0) return undefined;
  try {
    const place = { scope: scope as Scope, scope_id: parts.map((part) => decodeURIComponent(part)).join('/') };
    return placeProblem(place) === undefined && scopeText(place) === text ? place : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The places whose values hold in a context, the nearest first: user before service before environment before global, and
 * of one scope the value for this environment before the one for all.
 */
export function scopeChain({ environment, service, user }: ScopeContext): ScopePlace[] {
  const chain: ScopePlace[] = [];
  for (const [scope, id] of [
    ['user', user],
    ['service', service],
  ] as const) {
    if (id === undefined) continue;
    if (environment !== undefined) chain.push({ scope, scope_id: `${environment}/${id}` });
    chain.push({ scope, scope_id: id });
  }
  if (environment !== undefined) chain.push({ scope: 'environment', scope_id: environment });
  chain.push({ scope: 'global', scope_id: null });
  return chain;
}

/** A version holds neither `@` nor `:` within a part; case is kept. */
const escaped = (part: string): string => encodeURIComponent(part);
