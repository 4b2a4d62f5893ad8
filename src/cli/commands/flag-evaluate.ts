import { featureFlagWords } from '../kinds/feature-flag.words.js';
import { pathOf } from '../kinds/kind-request.js';
import { usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { cellText } from '../output/fields.js';
import type { LeafSpec } from '../spec/types.js';
import {
  evaluationView,
  explanationView,
  onOff,
  stepRows,
  stepRowView,
  type Evaluation,
  type Explanation,
} from '../views/flag-view.js';
import { contextBody, CONTEXT_OPTIONS, FLAG } from './flag-context.js';

const ASKED = '-k ann -c email=ann@example.com';

export const evaluateLeaf: LeafSpec = {
  name: 'evaluate',
  aliases: ['eval'],
  summary: 'Ask what feature flags answer to somebody',
  description:
    'One flag, several, or --all. Answers are counted, as those to applications are.\n' +
    '--exit-code ends with 10 when one of them is off.',
  arguments: [
    {
      ...FLAG,
      name: 'id',
      summary: 'ids, keys or names of flags',
      variadic: true,
      asked: { question: 'Which flag? (id, key or name)', unless: ['all'] },
    },
  ],
  options: [
    ...CONTEXT_OPTIONS,
    { flags: '--all', summary: 'every flag', common: true },
    { flags: '--value', summary: 'print the value alone', common: true },
    { flags: '--exit-code', summary: 'end with 10 when a flag is off', common: true },
  ],
  examples: [
    { cmd: `feature-flag evaluate new-checkout ${ASKED}` },
    { cmd: 'feature-flag evaluate new-checkout -k ann --value' },
    { cmd: 'feature-flag evaluate --all -k ann --environment production' },
  ],
  effect: 'reads',
  view: evaluationView,
  operations: ['POST /api/v1/features/{id}/evaluate', 'POST /api/v1/features/evaluate'],
  async run(context, { args, options }) {
    const ids = (args[0] as string[] | undefined) ?? [];
    if (options.all === true && ids.length > 0) throw usageError('give either flags, or --all');
    const client = await context.client();
    const body = await contextBody(options, context.terminal.stdin);
    // A question: asking it again does no harm, and its answer is not to be kept.
    const ask = { method: 'POST', repeatable: true } as const;
    let answers: Evaluation[];
    if (ids.length === 1) {
      const path = pathOf(featureFlagWords, ids[0] ?? '', 'evaluate');
      answers = [await client.json<Evaluation>({ ...ask, path, body })];
    } else {
      const keys = ids.length > 0 ? { keys: ids } : {};
      const path = pathOf(featureFlagWords, 'evaluate');
      answers = (await client.json<{ flags: Evaluation[] }>({ ...ask, path, body: { ...body, ...keys } })).flags;
    }
    const single = ids.length === 1 && !['table', 'csv'].includes(context.format.name);
    if (options.value === true) await context.write(answers.map(({ value }) => `${cellText(value)}\n`).join(''));
    else if (single && answers[0]) await context.one(answers[0], evaluationView);
    else await context.list(answers, evaluationView);
    if (answers.length === 0) context.notice('no flags');
    for (const { key, error_details } of answers) if (error_details) context.notice(`${key}: ${error_details}`);
    if (options.exitCode === true && answers.some(({ enabled }) => !enabled)) context.exit(ExitCode.no);
  },
};

export const explainLeaf: LeafSpec = {
  name: 'explain',
  summary: 'Say step by step why a feature flag answers what it answers',
  description: 'Nothing is counted.',
  arguments: [FLAG],
  options: CONTEXT_OPTIONS,
  examples: [
    { cmd: `feature-flag explain new-checkout ${ASKED}` },
    { cmd: 'feature-flag explain new-checkout -k bob -o wide', note: 'with the bucket they fall into' },
  ],
  effect: 'reads',
  view: explanationView,
  operations: ['GET /api/v1/features/{id}/explain', 'POST /api/v1/features/{id}/explain'],
  async run(context, { args, options }) {
    const id = String(args[0]);
    const body = await contextBody(options, context.terminal.stdin);
    const client = await context.client();
    const path = pathOf(featureFlagWords, id, 'explain');
    const { targeting_key: who, ...more } = (body.context ?? {}) as Record<string, unknown>;
    // The question that needs no body is the one that can be put into a browser too.
    const plain = Object.keys(more).length === 0 && (who === undefined || typeof who === 'string');
    const explanation = await client.json<Explanation>(
      plain
        ? { method: 'GET', path, query: { targeting_key: who, environment: options.environment as string | undefined } }
        : { method: 'POST', path, body, repeatable: true },
    );
    const speaks = !context.quiet && ['table', 'wide'].includes(context.format.name);
    if (!speaks || context.flags.fields !== undefined) return context.one(explanation, explanationView);
    await context.writeRaw(`${sentence(explanation)}\n`);
    await context.list([...stepRows(explanation.steps)], stepRowView);
  },
};

/** `new-checkout in production is on: "green" (targeting_match, staff)`. */
function sentence({ key, environment, enabled, value, reason, rule, error_details }: Explanation): string {
  const where = ['', 'default'].includes(environment) ? '' : ` in ${environment}`;
  const why = [error_details ?? reason, ...(rule === null ? [] : [rule])].join(', ');
  return `${key}${where} is ${onOff(enabled)}: ${JSON.stringify(value)} (${why})`;
}
