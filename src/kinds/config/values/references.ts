/** A key, as `${key}` names it. `$${` is a plain `${`. */
const REFERENCE = /\$(\$)?\{([a-z0-9](?:[a-z0-9._+-]{0,126}[a-z0-9+])?)\}/g;

/** What a whole value may become, so that references to references do not grow without end. */
export const MOST_RESOLVED = 1024 * 1024;
/** References within references. */
export const MOST_DEPTH = 32;

/** The keys that a value names, each once. */
export function referencesIn(value: unknown): string[] {
  const found = new Set<string>();
  eachText(value, (text) => {
    for (const [, escaped, key] of text.matchAll(REFERENCE)) if (!escaped) found.add(key);
  });
  return [...found];
}

/** Whether a text of the value has anything to replace, escapes included. */
export function hasPlaces(value: unknown): boolean {
  let any = false;
  eachText(value, (text) => {
    any ||= text.search(REFERENCE) >= 0;
  });
  return any;
}

/**
 * The value with every reference replaced by what `valueOf` says. A text of JSON that is one reference and nothing else
 * takes the other value as it is; elsewhere it is written into the text.
 */
export function withReferences(value: unknown, valueOf: (key: string) => unknown, top = true): unknown {
  if (typeof value === 'string') {
    const [whole] = value.matchAll(REFERENCE);
    if (!top && whole && whole[0] === value && !whole[1]) return valueOf(whole[2]);
    return value.replaceAll(REFERENCE, (match, escaped: string | undefined, key: string) =>
      escaped ? match.slice(1) : asText(valueOf(key)),
    );
  }
  if (Array.isArray(value)) return value.map((one) => withReferences(one, valueOf, false));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withReferences(one, valueOf, false)]));
}

/** The text that comes to this one: whatever looks like a reference stands for itself. */
export const withoutPlaces = (text: string): string => text.replaceAll(REFERENCE, (match) => `$${match}`);

/** A value within a text, or as a line of properties. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * The way by which `key` would lead back to itself if it named `targets`, itself at both ends; undefined when there is
 * none. `edges` is what the others name.
 */
export function cycleThrough(
  key: string,
  targets: readonly string[],
  edges: ReadonlyMap<string, readonly string[]>,
): string[] | undefined {
  const from = new Map<string, string>();
  const queue = [...targets];
  for (const target of targets) from.set(target, key);
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (at === key) return pathBack(key, from);
    for (const next of edges.get(at) ?? [])
      if (!from.has(next)) {
        from.set(next, at);
        queue.push(next);
      }
  }
  return undefined;
}

function pathBack(key: string, from: ReadonlyMap<string, string>): string[] {
  const path = [key];
  let at = from.get(key)!;
  while (at !== key) {
    path.unshift(at);
    at = from.get(at)!;
  }
  return [key, ...path];
}

function eachText(value: unknown, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value);
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) eachText(one, visit);
}
