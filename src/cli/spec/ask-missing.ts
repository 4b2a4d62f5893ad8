import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import { flagWords } from './global-options.js';
import type { Asked, Invocation, LeafSpec } from './types.js';

type Asker = Pick<CommandContext, 'mayPrompt' | 'ask'>;

/** The invocation with what is needed and was left out: asked for where a person sits, refused by name elsewhere. */
export async function withMissing(
  context: Asker,
  leaf: Pick<LeafSpec, 'arguments' | 'options'>,
  invocation: Invocation,
  usage: string | undefined,
): Promise<Invocation> {
  const args = [...invocation.args];
  const options = { ...invocation.options };
  const answer = (asked: Asked, summary: string, choices: readonly string[] | undefined, what: string) => {
    if (!context.mayPrompt) throw usageError(`missing required ${what}`, { usage });
    return context.ask(asked.question ?? summary, choices);
  };
  for (const [index, { name, asked, summary, completes, variadic }] of (leaf.arguments ?? []).entries()) {
    if (!asked || isGiven(args[index]) || standsIn(asked, options)) continue;
    const choices = Array.isArray(completes) ? (completes as readonly string[]) : undefined;
    const value = await answer(asked, summary, choices, `argument '${name}'`);
    args[index] = variadic ? [value] : value;
  }
  for (const { flags, asked, summary, choices, repeatable } of leaf.options ?? []) {
    if (!asked) continue;
    const { long } = flagWords(flags);
    const name = optionName(long);
    if (isGiven(options[name]) || standsIn(asked, options)) continue;
    const value = await answer(asked, summary, choices, `flag ${long}`);
    options[name] = repeatable ? [value] : value;
  }
  return { args, options };
}

/** `--page-token` → `pageToken`, as the parser names it. */
export function optionName(long: string): string {
  return long.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function isGiven(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function standsIn({ unless = [] }: Asked, options: Record<string, unknown>): boolean {
  return unless.some((name) => options[name] !== undefined);
}
