import { featureFlagWords } from '../kinds/feature-flag.words.js';
import { given, idArgument } from '../kinds/kind-request.js';
import { readData } from '../core/input.js';
import type { OptionSpec } from '../spec/types.js';
import { asObject, assignments } from './entry-input.js';

export const FLAG = idArgument(featureFlagWords);

export const ENVIRONMENT: OptionSpec = {
  flags: '-e, --environment <name>',
  summary: 'there; where no environment says otherwise when left out',
  common: true,
};

/** Who asks, and what is known of them. */
export const CONTEXT_OPTIONS: readonly OptionSpec[] = [
  { flags: '-k, --targeting-key <key>', summary: 'who asks: a user, a session, a device', common: true },
  {
    flags: '-c, --context <field=value>',
    summary: 'what is known of them; a dot reaches inside, the value may be JSON',
    repeatable: true,
    common: true,
  },
  { flags: '--context-data <json>', summary: 'the same at once: JSON or YAML, @file, or - for stdin' },
  ENVIRONMENT,
];

/** The body of an evaluation. */
export async function contextBody(
  options: Record<string, unknown>,
  stdin: NodeJS.ReadStream,
): Promise<Record<string, unknown>> {
  const data = options.contextData as string | undefined;
  const context = {
    ...(data === undefined ? {} : asObject(await readData(data, stdin), '--context-data')),
    ...assignments((options.context as string[] | undefined) ?? [], '--context'),
    ...given({ targeting_key: options.targetingKey }),
  };
  return given({
    context: Object.keys(context).length > 0 ? context : undefined,
    environment: options.environment,
  });
}
