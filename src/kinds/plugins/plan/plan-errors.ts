import { keyOf } from '../../../entries/entry-key.js';
import { ConflictError, ImpossibleError } from '../../../platform/errors/registry-error.js';
import type { Candidate, Constraint } from '../resolution/candidate.js';
import type { SystemCheck } from './system-check.js';

export const pluginKey = ({ name, version }: Pick<Candidate, 'name' | 'version'>): string =>
  keyOf('plugin', name, version);

const listed = (words: readonly string[]): string => words.join(', ');

/** Versions named in an answer; there may be hundreds. */
const MOST_NAMED = 20;

/** 422: a minimal set of constraints that cannot hold together, each with who asks and which versions there are. */
export function unsatisfied(
  root: Candidate,
  conflict: readonly Constraint[],
  versionsOf: (name: string) => readonly string[],
  nameOf: (constraint: Constraint) => string,
): ImpossibleError {
  const chain = conflict.flatMap((constraint) => {
    const { by, requirement } = constraint;
    if (!by) return [];
    const available = versionsOf(nameOf(constraint));
    return [{ by: pluginKey(by), constraint: requirement.text, available: available.slice(0, MOST_NAMED) }];
  });
  const told = chain.map(
    ({ by, constraint, available }) =>
      `${by} asks for ${constraint} (there is ${available.length > 0 ? listed(available.slice(0, 5)) : 'none'})`,
  );
  return new ImpossibleError(
    'plugin.dependency_unsatisfied',
    `No versions satisfy what ${pluginKey(root)} needs: ${told.join('; ')}.`,
    undefined,
    { chain },
  );
}

/** 422: plugins that need each other in a circle; the last is the first again. */
export function circular(cycle: readonly Pick<Candidate, 'name' | 'version'>[]): ImpossibleError {
  const chain = cycle.map(pluginKey);
  return new ImpossibleError('plugin.dependency_cycle', `Plugins need each other: ${chain.join(' → ')}.`, undefined, {
    chain,
  });
}

export const tooCostly = (limit: number, what: string): ImpossibleError =>
  new ImpossibleError(
    'plugin.resolution_too_costly',
    `Finding versions that fit together takes more than ${limit} ${what}; narrower ranges help.`,
    undefined,
    { limit },
  );

/** 422: what the host does not offer. */
export function systemUnmet({ host, verdicts }: SystemCheck): ImpossibleError {
  const missing = verdicts
    .filter(({ met }) => met === false)
    .map(({ requirement, askedBy, found }) => ({
      requirement: requirement.text,
      requested_by: askedBy,
      found: found ?? null,
    }));
  const told = missing.map(
    ({ requirement, found }) => `${requirement} (${found === null ? 'not there' : `it has ${found}`})`,
  );
  return new ImpossibleError('plugin.system_unsatisfied', `The host ${host} lacks ${listed(told)}.`, undefined, {
    host,
    missing,
  });
}

/** `state` is what of them counts: active, installed. */
export function inUse(state: string, count: number, keys: readonly string[]): ConflictError {
  const [use, them] = count === 1 ? ['plugin uses', 'it'] : ['plugins use', 'them'];
  const hidden = count - keys.length;
  const users = listed([...keys, ...(hidden > 0 ? [`${hidden} that you may not see`] : [])]);
  const way = hidden > 0 ? `cannot take ${them} along` : `takes ${them} along, in order`;
  return new ConflictError('plugin.in_use', `${count} ${state} ${use} it: ${users}; cascade=true ${way}.`, {
    dependents: keys,
    count,
  });
}

export const inactiveDependencies = (keys: readonly string[], hidden: number): ConflictError =>
  new ConflictError(
    'plugin.dependencies_inactive',
    `It needs ${listed([...keys, ...(hidden > 0 ? [`${hidden} that you may not see`] : [])])}, not active; cascade=true activates what is installed, in order.`,
    { dependencies: keys },
  );
