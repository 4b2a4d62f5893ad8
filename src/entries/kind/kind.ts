import type { Type } from '@nestjs/common';
import { kindClasses } from './kind-classes.js';
import type { KindClasses } from './kind-classes.js';

/** One step of a lifecycle. */
export interface Transition {
  /** States it may begin in. */
  from: readonly string[];
  to: string;
  /** Other verbs for the same step, each with a route of its own. */
  aliases?: readonly string[];
  /** Acts on the running thing, through the entry's driver; else only the state is recorded. */
  driven?: boolean;
  /** What its body may hold; without it the body holds nothing. Every field can be left out. */
  input?: Type<object>;
  /** What it does, for people: `Install it`. */
  summary: string;
}

export interface Lifecycle {
  initial: string;
  /** Every state there is, the ones no transition leads to included. */
  states: readonly string[];
  transitions: Readonly<Record<string, Transition>>;
}

export interface KindDeclaration<Name extends string = string, Spec extends object = object> {
  /** As the wire names it: `service`, `feature_flag`. */
  name: Name;
  /** One word in PascalCase that OpenAPI's components begin with: `Plugin`. */
  title: string;
  /** Plural in PascalCase, for operation ids: `Plugins`. */
  plural: string;
  /** Below `/api/v1`: `plugins`. */
  path: string;
  /** First part of its keys: `plugin`. */
  prefix: string;
  /** Its own fields, with their checks and documentation. They stand at the top level on its path, under `spec` elsewhere. */
  spec: Type<Spec>;
  lifecycle: Lifecycle;
  /** Fields of the spec that a list may be narrowed by, beside those of every list. */
  filters?: readonly (keyof Spec & string)[];
  /** Fields of the spec whose text is stored encrypted: everything but `EntrySecrets.reveal` sees a mask. */
  secrets?: readonly (keyof Spec & string)[];
  /** They are secret only where the spec holds these values; left out: always. */
  secretWhen?: Partial<Spec>;
  /**
   * What a version has to be, and on the kind's own path there has to be one; without it any short word is one, and there
   * may be none.
   */
  versions?: 'semver';
  /** What of the spec is left out becomes this. */
  defaults?: Partial<Spec>;
  /** What its hooks' `shown` adds to every answer, for OpenAPI. */
  answers?: Type<object>;
  /** A name for OpenAPI's examples. */
  example: { name: string } & Partial<Spec> & Record<string, unknown>;
}

/** A kind as everybody but its own folder handles it. */
export interface Kind extends Omit<
  KindDeclaration,
  'spec' | 'filters' | 'secrets' | 'secretWhen' | 'defaults' | 'example'
> {
  spec: Type<object>;
  filters: readonly string[];
  secrets: readonly string[];
  secretWhen: Readonly<Record<string, unknown>>;
  defaults: object;
  example: { name: string } & Record<string, unknown>;
  classes: KindClasses;
  /** With its article, for people: `an engine`, `a feature flag`. */
  one: string;
  /** Names of the spec's fields. */
  fields: readonly string[];
}

/**
 * A kind is a value: its data, and the classes its bodies are checked against and documented by, derived from its spec
 * class. Behaviour stands in providers (see `HooksFor`), routes in the controller factories of `./http`.
 */
export function defineKind<Spec extends object>(declaration: KindDeclaration<string, Spec>): Kind {
  assertLifecycle(declaration.name, declaration.lifecycle);
  const { filters = [], secrets = [], secretWhen = {}, defaults = {} } = declaration;
  const plain = { ...declaration, filters, secrets, secretWhen: { ...secretWhen }, defaults };
  const words = declaration.name.replaceAll('_', ' ');
  const one = `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
  return Object.freeze({ ...plain, one, ...kindClasses(plain) });
}

/** The step a verb or one of its aliases stands for. */
export const transitionOf = (
  { lifecycle }: Pick<Kind, 'lifecycle'>,
  verb: string,
): [verb: string, Transition] | undefined =>
  Object.entries(lifecycle.transitions).find(([name, { aliases }]) => name === verb || aliases?.includes(verb));

/** The verbs that may be asked for in a state, aliases left out. */
export const verbsFrom = ({ lifecycle }: Pick<Kind, 'lifecycle'>, state: string): string[] =>
  Object.entries(lifecycle.transitions)
    .filter(([, { from }]) => from.includes(state))
    .map(([verb]) => verb);

/** A table that cannot work is a mistake of ours, found before the first request. */
function assertLifecycle(kind: string, { initial, states, transitions }: Lifecycle): void {
  const wrong = (what: string): never => {
    throw new Error(`The lifecycle of ${kind} is broken: ${what}.`);
  };
  const known = new Set(states);
  if (known.size !== states.length) wrong('a state is listed twice');
  if (!known.has(initial)) wrong(`its initial state ${initial} is not among its states`);
  const verbs = new Set<string>();
  for (const [verb, { from, to, aliases = [] }] of Object.entries(transitions)) {
    if (from.length === 0) wrong(`${verb} begins nowhere`);
    for (const state of [...from, to]) if (!known.has(state)) wrong(`${verb} names the unknown state ${state}`);
    for (const name of [verb, ...aliases]) {
      if (!/^[a-z][a-z-]*$/.test(name)) wrong(`${name} is no verb`);
      if (verbs.has(name)) wrong(`${name} means two things`);
      verbs.add(name);
    }
  }
}
