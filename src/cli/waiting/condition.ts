import { usageError, type CliError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { cellText, fieldOf } from '../output/fields.js';
import { fieldsOf, type FieldDoc } from '../spec/resource-fields.js';

/** What is waited for. */
export type Condition =
  | { deleted: true; text: 'deleted' }
  | {
      deleted: false;
      /** As it is told: `status=running`. */
      text: string;
      /** `capacity.current` */
      field: string;
      wanted: string;
    };

/** Whose fields they are: a kind, or `entry`. */
export interface Waited {
  name: string;
  /** `a service` */
  one: string;
}

const DELETED: Condition = { deleted: true, text: 'deleted' };
const EMPTY = 'null';
const GRAMMAR = 'write a state, field=value (a dot reaches inside: capacity.current=4), or deleted';
/** Types that are not a closed set of words. */
const OPEN = /^(string|integer|number|boolean|uuid|time|url|any|object)$|\[\]$| or /;

/** `running`, `health=healthy`, `capacity.current=4`, `deleted`; what can never hold is refused. */
export function parseCondition(text: string, waited: Waited, { mayGo }: { mayGo: boolean }): Condition {
  const at = text.indexOf('=');
  if (at < 0) {
    if (!/^[a-z]\w*$/i.test(text)) throw refused(text, 'is no condition', GRAMMAR);
    if (text.toLowerCase() === DELETED.text) {
      if (mayGo) return DELETED;
      throw refused(text, 'is waited for by get and delete only');
    }
    return { deleted: false, field: 'status', ...valued(text, 'status', text, waited) };
  }
  const [field, value] = [text.slice(0, at), text.slice(at + 1)];
  if (!/^[^\s.]+(\.[^\s.]+)*$/.test(field)) throw refused(text, 'names no field', GRAMMAR);
  if (value === '') throw refused(text, 'names no value', `${field}=${EMPTY} waits until it is empty`);
  return { deleted: false, field, ...valued(text, field, value, waited) };
}

/** Whether it holds of an entry; `deleted` never does of one that is there. */
export function holds(condition: Condition, entry: unknown): boolean {
  return !condition.deleted && equals(fieldOf(entry, condition.field), condition.wanted);
}

/** What the field is now, for people. */
export function isNow(condition: Condition, entry: unknown): string {
  return cellText(fieldOf(entry, condition.deleted ? 'status' : condition.field)) || 'empty';
}

function equals(value: unknown, wanted: string): boolean {
  if (value === null || value === undefined) return wanted === EMPTY;
  if (typeof value === 'number') return wanted.trim() !== '' && Number(wanted) === value;
  if (Array.isArray(value)) return value.length === 0 ? wanted === EMPTY : value.some((item) => equals(item, wanted));
  return typeof value !== 'object' && cellText(value) === wanted;
}

/** The value as the field would have it, or why it never does. */
function valued(text: string, path: string, value: string, waited: Waited): { wanted: string; text: string } {
  const field = located(text, path, value, waited);
  const wanted = value.toLowerCase() === EMPTY || field === 'anything' ? value : wantedOf(text, value, field, waited);
  return { wanted, text: `${path}=${wanted}` };
}

function wantedOf(text: string, value: string, field: FieldDoc & { path: string }, waited: Waited): string {
  const { type, path, fields } = field;
  if (!OPEN.test(type)) {
    const words = type.split(' | ');
    const word = words.find((one) => one === value.toLowerCase());
    if (word !== undefined) return word;
    throw refused(text, `${path} of ${waited.one} is never ${JSON.stringify(value)}`, listed(value, words, path));
  }
  if (type === 'boolean') {
    if (/^(true|false)$/i.test(value)) return value.toLowerCase();
    throw refused(text, `${path} is true or false`);
  }
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (type === 'integer' && !Number.isInteger(number)) throw refused(text, `${path} is a whole number`);
  if (type === 'number' && !Number.isFinite(number)) throw refused(text, `${path} is a number`);
  if (type === 'object[]') throw refused(text, `${path} is a list of objects, which equals no value`);
  if (type === 'object')
    throw refused(text, `${path} is an object`, `name a field inside: ${namesOf(fields) || `${path}.<field>=<value>`}`);
  return value;
}

/** The states or words it may be, and which was meant. */
function listed(value: string, words: readonly string[], path: string): string {
  // Wherever a word stands alone it is a state; health is what else is waited for most.
  const health = path === 'status' && HEALTHS.includes(value.toLowerCase());
  const near = health ? `did you mean health=${value.toLowerCase()}?` : didYouMean(value, words);
  return `it is one of ${words.join(', ')}${near ? `; ${near}` : ''}`;
}

const HEALTHS = ['healthy', 'degraded', 'unhealthy', 'unknown'];

/** What is known of a field; `anything` of what lies in an object whose fields are the user's own. */
function located(
  text: string,
  path: string,
  value: string,
  waited: Waited,
): (FieldDoc & { path: string }) | 'anything' {
  let inside: FieldDoc = { name: waited.name, type: 'object', fields: fieldsOf(waited.name) };
  let where = '';
  for (const part of path.split('.')) {
    const { type, fields, name } = inside;
    const found = fields?.find((field) => field.name === part);
    if (!found || type !== 'object') {
      if (where === '') throw refused(text, `${waited.one} has no field ${JSON.stringify(part)}`, among(part, fields));
      if (!fields && /^(object|any)$| or /.test(type)) return 'anything';
      if (type === 'object') throw refused(text, `${where} has no field ${JSON.stringify(part)}`, among(part, fields));
      throw refused(text, `nothing lies inside ${where}`, OPEN.test(type) ? undefined : instead(name, type, value));
    }
    inside = found;
    where = where === '' ? part : `${where}.${part}`;
  }
  return { ...inside, path: where };
}

function instead(name: string, type: string, value: string): string {
  const words = type.split(' | ');
  return `write ${name}=${words.includes(value) ? value : words[0]}`;
}

const namesOf = (fields: readonly FieldDoc[] = []): string => fields.map(({ name }) => name).join(', ');

function among(word: string, fields: readonly FieldDoc[] = []): string {
  const near = didYouMean(
    word,
    fields.map(({ name }) => name),
  );
  return `it has ${namesOf(fields)}${near ? `; ${near}` : ''}`;
}

function refused(text: string, why: string, reason?: string): CliError {
  return usageError(`--wait=${text}: ${why}`, { reason });
}
