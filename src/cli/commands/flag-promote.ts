import { featureFlagWords } from '../kinds/feature-flag.words.js';
import { idArgument, pathOf } from '../kinds/kind-request.js';
import { ExitCode } from '../core/exit-codes.js';
import { column, type View } from '../output/view.js';
import { DRY_RUN_OPTION } from '../spec/global-options.js';
import type { LeafSpec } from '../spec/types.js';

interface Promoted {
  key: string;
  action: 'create' | 'update' | 'unchanged';
  changes: { field: string; before: unknown; after: unknown }[];
  missing_segments: string[];
  missing_prerequisites: string[];
}

interface Plan extends Record<string, unknown> {
  from: string;
  to: string;
  applied: boolean;
  possible: boolean;
  unknown_keys: string[];
  flags: Promoted[];
}

const planView: View<Plan> = {
  fields: ['from', 'to', 'dry_run', 'applied', 'possible', 'unknown_keys', 'flags'],
  columns: [column('FROM', 'from'), column('TO', 'to'), column('FLAGS', 'flags')],
  name: ({ flags }) =>
    flags
      .filter(({ action }) => action !== 'unchanged')
      .map(({ key }) => key)
      .join('\n'),
};

interface Row extends Record<string, unknown> {
  key: string;
}

const rowView: View<Row> = {
  fields: ['key', 'action', 'field', 'before', 'after'],
  columns: [
    column('FLAG', 'key'),
    column('ACTION', 'action'),
    column('FIELD', 'field'),
    column('BEFORE', 'before'),
    column('AFTER', 'after'),
  ],
  name: ({ key }) => key,
};

export const promoteLeaf: LeafSpec = {
  name: 'promote',
  summary: 'Make one environment answer as another does',
  description:
    'All flags, or those named. --dry-run shows what would change, field by field. Refused while a segment that is\n' +
    'needed is not there.',
  arguments: [{ ...idArgument(featureFlagWords, 'keys of the flags'), name: 'flag', variadic: true, asked: undefined }],
  options: [
    {
      flags: '--from <environment>',
      summary: 'as this one; default is where no environment says otherwise',
      common: true,
      asked: { question: 'From which environment? (default: where none says otherwise)' },
    },
    {
      flags: '--to <environment>',
      summary: 'this one shall answer',
      common: true,
      asked: { question: 'To which environment?' },
    },
    { flags: DRY_RUN_OPTION.flags, summary: 'show what would change, and change nothing', common: true },
  ],
  examples: [
    { cmd: 'feature-flag promote --from default --to staging --dry-run' },
    { cmd: 'feature-flag promote new-checkout --from default --to staging' },
  ],
  effect: 'writes',
  view: planView,
  operations: ['POST /api/v1/features/promote'],
  async run(context, { args, options }) {
    // An output format that does not exist is refused before the change, not after it.
    void context.format;
    const keys = (args[0] as string[] | undefined) ?? [];
    const { from, to } = options as { from: string; to: string };
    const client = await context.client();
    const plan = await client.json<Plan>({
      method: 'POST',
      path: pathOf(featureFlagWords, 'promote'),
      body: { from, to, ...(keys.length > 0 && { keys }), ...(context.dryRun && { dry_run: true }) },
      repeatable: context.dryRun,
    });
    if (!context.speaks) await context.one(plan, planView);
    else await context.list([...rowsOf(plan)], rowView);
    context.notice(sentence(plan, context.dryRun));
    for (const { key, missing_segments: segments, missing_prerequisites: flags } of plan.flags) {
      if (segments.length > 0) context.notice(`${key} needs segments that are not there: ${segments.join(', ')}`);
      if (flags.length > 0) context.notice(`${key} needs flags that are off there: ${flags.join(', ')}`);
    }
    if (plan.unknown_keys.length > 0) context.notice(`not known: ${plan.unknown_keys.join(', ')}`);
    if (!plan.possible) context.exit(ExitCode.no);
  },
};

function* rowsOf({ flags }: Plan): Generator<Row> {
  for (const { key, action, changes } of flags) {
    if (action === 'unchanged') continue;
    for (const change of changes) yield { key, action, ...change };
    if (changes.length === 0) yield { key, action };
  }
}

function sentence({ flags, to, possible, applied }: Plan, dryRun: boolean): string {
  const changing = flags.filter(({ action }) => action !== 'unchanged').length;
  const said = `${changing} of ${flags.length} ${flags.length === 1 ? 'flag' : 'flags'}`;
  if (!possible) return `not possible: ${to} stays as it is`;
  return changing === 0
    ? `${to} answers so already`
    : `${said} ${dryRun || !applied ? 'would change' : 'changed'} in ${to}`;
}
