import { NAME_PATTERN } from '../../entries/entry-key.js';

/** Where people write what something needs, in metadata and specs. */
const DECLARATIONS = new Set([
  'dependencies',
  'depends',
  'depends_on',
  'needs',
  'required',
  'requirements',
  'requires',
  'unresolved',
]);
const MOST_DEPTH = 6;
const MOST_NAMES = 200;
/** A name, then what is asked of its version: `store>=1.2`, `store (>= 1.2)`, `store@^1`. */
const NAMED = /^\s*(?:[a-z_]+_)?([a-z0-9][a-z0-9._+-]*[a-z0-9+]|[a-z0-9])(?=$|[\s@<>=~^!(])/i;
const WORD = /[a-z0-9][a-z0-9._+-]*[a-z0-9+]/gi;
const LEAST_WORD = 4;

/** Names that a document declares as needed; free-form, so anything may stand anywhere. */
export function declaredNames(...documents: unknown[]): string[] {
  const names = new Set<string>();
  for (const document of documents) declarations(document, 0, names);
  return [...names].slice(0, MOST_NAMES);
}

function declarations(value: unknown, depth: number, names: Set<string>): void {
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return;
  for (const [key, part] of Object.entries(value)) {
    if (DECLARATIONS.has(key.toLowerCase())) namesIn(part, depth + 1, names);
    else declarations(part, depth + 1, names);
  }
}

function namesIn(value: unknown, depth: number, names: Set<string>): void {
  if (names.size >= MOST_NAMES || depth > MOST_DEPTH) return;
  if (typeof value === 'string') {
    const name = NAMED.exec(value.slice(0, 256))?.[1]?.toLowerCase();
    if (name && NAME_PATTERN.test(name)) names.add(name);
  } else if (Array.isArray(value)) for (const one of value) namesIn(one, depth + 1, names);
  else if (typeof value === 'object' && value !== null) {
    const { name } = value as { name?: unknown };
    if (typeof name === 'string') namesIn(name, depth + 1, names);
    else for (const part of Object.values(value)) namesIn(part, depth + 1, names);
  }
}

/** Words of a text that could be the name of an entry. */
export function wordsThatMayBeNames(text: string): string[] {
  const words = new Set<string>();
  for (const [word] of text.slice(0, 20_000).matchAll(WORD)) {
    if (words.size === MOST_NAMES) break;
    const name = word.toLowerCase();
    if (name.length >= LEAST_WORD && /[a-z]/.test(name) && NAME_PATTERN.test(name)) words.add(name);
  }
  return [...words];
}
