export type Handler = (request: never, response: never, next: (error?: unknown) => void) => unknown;

export interface RouteMatch {
  /** The template: `/api/v1/entities/:id`. */
  path: string;
  handler: Handler;
  params: Record<string, string>;
}

interface Route {
  path: string;
  handler: Handler;
  /** Text to equal, or the name of a parameter. */
  segments: readonly { text?: string; name?: string }[];
}

/** Templates of plain texts and whole-segment parameters; anything with groups or suffixes is Express's. */
const PLAIN = /^(\/(:[A-Za-z_]\w*|[A-Za-z0-9._~-]+))+$/;
/** And a rest that may be anything, nothing included: what is passed on to somebody else keeps its path as it is. */
const REST = /\/\*[A-Za-z_]\w*$/;

/**
 * Finds the handler of a request in the order the routes were registered, as Express would, but without trying every
 * template's regular expression: templates are sorted by method and number of segments. It knows the canonical form of
 * a path only; whatever it does not find (other case, a slash at the end, `%`-sequences that do not decode) Express decides.
 */
export class RouteTable {
  private readonly routes = new Map<string, Route[][]>();
  private readonly rests = new Map<string, Route[]>();

  add(method: string, path: string, handler: Handler): void {
    const whole = path.replace(REST, '');
    if (!PLAIN.test(whole)) return;
    const segments = whole
      .slice(1)
      .split('/')
      .map((part) => (part.startsWith(':') ? { name: part.slice(1) } : { text: part }));
    if (whole !== path) {
      this.rests.set(method, [...(this.rests.get(method) ?? []), { path, handler, segments }]);
      return;
    }
    const bySize = this.routes.get(method) ?? [];
    this.routes.set(method, bySize);
    (bySize[segments.length] ??= []).push({ path, handler, segments });
  }

  find(method: string, url: string): RouteMatch | undefined {
    const end = url.indexOf('?');
    const parts = (end < 0 ? url : url.slice(0, end)).split('/');
    if (parts[0] !== '') return undefined;
    for (const route of this.routes.get(method)?.[parts.length - 1] ?? [])
      if (matches(route, parts)) return matched(route, parts);
    for (const route of this.rests.get(method) ?? [])
      if (parts.length > route.segments.length && matches(route, parts)) return matched(route, parts);
    return undefined;
  }
}

/** Looks from the end: the beginnings of all paths are alike. `parts` has an empty one in front. */
function matches({ segments }: Route, parts: readonly string[]): boolean {
  for (let i = segments.length - 1; i >= 0; i--) {
    const { text } = segments[i];
    const part = parts[i + 1];
    if (text === undefined ? part === '' : part !== text) return false;
  }
  return true;
}

function matched({ path, handler, segments }: Route, parts: readonly string[]): RouteMatch | undefined {
  const params: Record<string, string> = {};
  for (let i = 0; i < segments.length; i++) {
    const { name } = segments[i];
    if (name === undefined) continue;
    const value = decoded(parts[i + 1]);
    if (value === undefined) return undefined;
    params[name] = value;
  }
  return { path, handler, params };
}

function decoded(part: string): string | undefined {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    // Express makes the error of it.
    return undefined;
  }
}
