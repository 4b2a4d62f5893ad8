import { flagWords } from './global-options.js';
import { optionName } from './ask-missing.js';
import type { LeafSpec, OptionSpec } from './types.js';

/** Flags of a command that are only taken so that scripts go on for one more minor release. */
export function removedOptions({ options = [] }: Pick<LeafSpec, 'options'>): OptionSpec[] {
  return options.filter(({ removed }) => removed !== undefined);
}

/** What to tell whoever still gives them. */
export function removedWarnings(leaf: Pick<LeafSpec, 'options'>, given: Readonly<Record<string, unknown>>): string[] {
  return removedOptions(leaf)
    .map((option) => ({ ...option, long: flagWords(option.flags).long }))
    .filter(({ long }) => given[optionName(long)] !== undefined)
    .map(({ long, removed }) => `warning: ${long} goes away with the next minor release: ${removed}`);
}
