import semver from 'semver';
import { compareDebianVersions } from '../versions/debian-version.js';

export type ConstraintState = 'satisfied' | 'unsatisfied' | 'unknown';

/** What a relationship asks of the version it leads to, and whether that version is such. */
export interface ConstraintAnswer {
  /** As it was written; null: any version will do. */
  constraint: string | null;
  /** `unknown`: the version is not known, or not understood, or another alternative may do. */
  constraint_state: ConstraintState;
}

/** As clients write it into a relationship's metadata: anything. */
export interface ConstraintMetadata {
  /** `>=2.0.0,<3.0.0`, `store@^1.2`, `>= 2.36` and the like; several, all to be met, separated by semicolons. */
  constraint?: unknown;
  /** Lists of alternatives `{ name, op?, version? }`, each list to be met, in Debian's order of versions. */
  groups?: unknown;
  /** One such list. */
  alternatives?: unknown;
}

interface Needed {
  name: string;
  version: string;
}

const ANY: ConstraintAnswer = { constraint: null, constraint_state: 'satisfied' };
/** Longer ones are shown, and not looked into. */
const MOST_TEXT = 256;
/** What is longer is cut where it is shown: a hundred thousand relationships may be told of in one answer. */
const MOST_SHOWN = 1000;
const MOST_ALTERNATIVES = 200;

const HOLDS: Readonly<Record<string, (difference: number) => boolean>> = {
  '<<': (difference) => difference < 0,
  '<': (difference) => difference < 0,
  '<=': (difference) => difference <= 0,
  '=': (difference) => difference === 0,
  '==': (difference) => difference === 0,
  '>=': (difference) => difference >= 0,
  '>': (difference) => difference > 0,
  '>>': (difference) => difference > 0,
};
/** One comparison, as Debian writes it, in brackets or not. */
const COMPARISON = /^\(?\s*(<<|<=|>=|>>|==?|<|>)\s*([0-9][A-Za-z0-9.+:~-]*)\s*\)?$/;

/** Whether what a relationship leads to is what it asks for: SemVer ranges as npm reads them, or Debian's comparisons. */
export function constraintOn(metadata: ConstraintMetadata, needed: Needed): ConstraintAnswer {
  const groups = groupsIn(metadata);
  if (typeof metadata.constraint === 'string' && metadata.constraint.trim() !== '')
    return ofText(metadata.constraint.trim(), needed);
  if (!groups || groups.length === 0) return ANY;
  const told = shown(groups.map((group) => group.map(textOf).join(' | ')).join(', '));
  const states = groups.map((group) => ofGroup(group, needed));
  const asks = groups.some((group) => group.some(({ op }) => op !== undefined));
  return asks ? { constraint: told, constraint_state: worst(states) } : ANY;
}

/** Of several relationships between the same two: what all of them ask. */
export function allOf(answers: readonly ConstraintAnswer[]): ConstraintAnswer {
  const told = [...new Set(answers.flatMap(({ constraint }) => constraint ?? []))];
  if (told.length === 0) return ANY;
  return { constraint: shown(told.join('; ')), constraint_state: worst(answers.map((one) => one.constraint_state)) };
}

const shown = (text: string): string =>
  text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN - 1).toWellFormed()}…` : text;

const worst = (states: readonly ConstraintState[]): ConstraintState =>
  states.find((state) => state === 'unsatisfied') ?? states.find((state) => state === 'unknown') ?? 'satisfied';

function ofText(constraint: string, { name, version }: Needed): ConstraintAnswer {
  if (constraint.length > MOST_TEXT) return { constraint: shown(constraint), constraint_state: 'unknown' };
  const states = constraint.split(';').map((part) => ofRange(withoutName(part.trim(), name), version));
  return { constraint, constraint_state: worst(states) };
}

/** `store>=1.2`, `plugin_store@^1`, `store (>= 1.2)`: what follows the name. */
function withoutName(text: string, name: string): string {
  const at = text.toLowerCase().indexOf(name);
  const isName = at === 0 || (at > 0 && /^[a-z_]+_$/.test(text.slice(0, at)));
  const rest = isName ? text.slice(at + name.length) : text;
  return /^[\s@<>=~^*!|(]|^$/.test(rest) ? rest.replace(/^\s*@/, '').trim() : text;
}

function ofRange(range: string, version: string): ConstraintState {
  if (range === '' || range === '*') return 'satisfied';
  if (version === '') return 'unknown';
  const [, op, wanted] = COMPARISON.exec(range) ?? [];
  const isDebian = op === '<<' || op === '>>' || (op !== undefined && semver.valid(version) === null);
  if (isDebian) return HOLDS[op](compareDebianVersions(version, wanted)) ? 'satisfied' : 'unsatisfied';
  if (semver.valid(version) === null) return 'unknown';
  try {
    const written = range.replaceAll(',', ' ').replace(/(^|[\s|])==(?!=)/g, '$1=');
    return new semver.Range(written).test(version) ? 'satisfied' : 'unsatisfied';
  } catch {
    return 'unknown';
  }
}

interface Alternative {
  name: string;
  op?: string;
  version?: string;
}

const textOf = ({ name, op, version }: Alternative): string => (op ? `${name} (${op} ${version})` : name);

function ofGroup(group: readonly Alternative[], { name, version }: Needed): ConstraintState {
  const own = group.filter((alternative) => alternative.name === name);
  if (own.some(({ op }) => op === undefined)) return 'satisfied';
  if (own.length === 0 || version === '') return 'unknown';
  if (own.some((one) => HOLDS[one.op!](compareDebianVersions(version, one.version!)))) return 'satisfied';
  return own.length < group.length ? 'unknown' : 'unsatisfied';
}

/** Undefined for free-form metadata of another shape. */
function groupsIn({ groups, alternatives }: ConstraintMetadata): Alternative[][] | undefined {
  const lists: unknown[] = Array.isArray(groups) ? groups : Array.isArray(alternatives) ? [alternatives] : [];
  const found = lists.map((list) => (Array.isArray(list) ? list.slice(0, MOST_ALTERNATIVES).map(alternativeOf) : []));
  if (found.length > MOST_ALTERNATIVES) return undefined;
  return found.every((group) => group.every((one) => one !== undefined)) ? found : undefined;
}

function alternativeOf(one: unknown): Alternative | undefined {
  if (typeof one === 'string') return { name: one.toLowerCase() };
  const { name, op, version } = (typeof one === 'object' && one !== null ? one : {}) as Record<string, unknown>;
  if (typeof name !== 'string' || name.length > MOST_TEXT) return undefined;
  if (op === undefined && version === undefined) return { name: name.toLowerCase() };
  const isKnown = typeof op === 'string' && Object.hasOwn(HOLDS, op);
  if (!isKnown || typeof version !== 'string' || version.length > MOST_TEXT) return undefined;
  return { name: name.toLowerCase(), op, version };
}
