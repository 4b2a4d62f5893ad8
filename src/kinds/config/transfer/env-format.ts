import { InvalidError } from '../../../platform/errors/registry-error.js';
import { asText } from '../values/references.js';
import { typeOfValue } from '../values/value-rules.js';
import type { ValueType } from '../config.kind.js';

/** `db.pool-size` as a variable: `DB_POOL_SIZE`. */
export const variableOf = (name: string): string => {
  const upper = name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  return /^\d/.test(upper) ? `_${upper}` : upper;
};

/** The key a variable stands for where none is known by it. */
export const keyOfVariable = (variable: string): string =>
  variable
    .toLowerCase()
    .replace(/^_+|_+$/g, '')
    .replaceAll(/_+/g, '.');

const PLAIN = /^[A-Za-z0-9_./:@%+,=-]*$/;

/** One line of a `.env` file, as `dotenv` and a shell read it. */
export function envLine(variable: string, value: unknown): string {
  const text = asText(value);
  if (PLAIN.test(text)) return `${variable}=${text}\n`;
  if (!/['\n\r]/.test(text)) return `${variable}='${text}'\n`;
  const escaped = text
    .replaceAll(/[\\"$`]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `${variable}="${escaped}"\n`;
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]{0,127})\s*=\s*(.*?)\s*$/;
const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * The variables of a `.env` file with their texts; of one that stands twice the last.
 * @throws InvalidError naming the line, never what it holds
 */
export function readEnv(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const [, variable, raw] = LINE.exec(line) ?? [];
    const value = variable === undefined ? undefined : unquoted(raw);
    if (value === undefined)
      throw InvalidError.field(`line ${i + 1}`, 'must be NAME=value, quoted where it has spaces');
    found.set(variable, value);
  }
  return found;
}

function unquoted(raw: string): string | undefined {
  if (raw.startsWith("'")) return /^'([^']*)'\s*(?:#.*)?$/.exec(raw)?.[1];
  if (raw.startsWith('"')) {
    const inner = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/.exec(raw)?.[1];
    return inner?.replaceAll(/\\(.)/g, (_match, one: string) => UNESCAPED[one] ?? one);
  }
  return raw.replace(/\s+#.*$/, '');
}

/** A text as the type it is to be; the text itself where it is none, for the rules to refuse. */
export function typedText(text: string, type: ValueType | undefined): unknown {
  if (type === undefined || type === 'string' || type === 'secret') return text;
  try {
    const value: unknown = JSON.parse(text);
    const own = typeOfValue(value);
    return type === 'json' || own === type || (type === 'float' && own === 'integer') ? value : text;
  } catch {
    return text;
  }
}
