import type { Principal } from '../platform/http/request-context.js';

/** `read|write|admin|*`, a colon, an area or `*`; or `*` alone for everything. */
export const PERMISSION_PATTERN = /^(\*|(read|write|admin|\*):(\*|[a-z][a-z0-9_-]{0,63}))$/;

/** Asked by name only: who may read everything may not therefore read secrets. */
const NEVER_BY_WILDCARD = 'secrets';

/** Whether holding `granted` includes `wanted`. Wildcards stand for whole segments: `read:*`, `*:entities`, `*`. */
export function covers(granted: string, wanted: string): boolean {
  if (granted === wanted || granted === '*') return true;
  const colon = granted.indexOf(':');
  const wantedColon = wanted.indexOf(':');
  if (wantedColon < 0) return false;
  const action = granted.slice(0, colon);
  if (action !== '*' && action !== wanted.slice(0, wantedColon)) return false;
  const area = granted.slice(colon + 1);
  const wantedArea = wanted.slice(wantedColon + 1);
  return area === wantedArea || (area === '*' && wantedArea !== NEVER_BY_WILDCARD);
}

export const hasPermission = (principal: Pick<Principal, 'permissions'>, wanted: string): boolean =>
  principal.permissions.includes(wanted) || principal.permissions.some((granted) => covers(granted, wanted));

/** Those of `wanted` that `held` does not include. */
export const lacking = (held: readonly string[], wanted: readonly string[]): string[] =>
  wanted.filter((permission) => !held.some((granted) => covers(granted, permission)));

/** What two permissions have in common: `read:*` and `*:entities` share `read:entities`; undefined when nothing. */
function common(one: string, other: string): string | undefined {
  if (covers(one, other)) return other;
  if (covers(other, one)) return one;
  const [action, area] = one.split(':');
  const [otherAction, otherArea] = other.split(':');
  const met = `${action === '*' ? otherAction : action}:${area === '*' ? otherArea : area}`;
  return covers(one, met) && covers(other, met) ? met : undefined;
}

/** What both lists allow, no more. */
export function narrowed(permissions: readonly string[], bounds: readonly string[]): string[] {
  const shared = permissions.flatMap((one) => bounds.map((other) => common(one, other)));
  return [...new Set(shared.filter((permission) => permission !== undefined))];
}
