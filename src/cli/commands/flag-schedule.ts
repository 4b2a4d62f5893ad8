import { featureFlagWords } from '../kinds/feature-flag.words.js';
import { IF_MATCH, numberOf, pathOf } from '../kinds/kind-request.js';
import { parseMoment } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { relative } from '../output/time.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';
import { ENVIRONMENT, FLAG } from './flag-context.js';
import { flagView } from './flag-rollout.js';

interface Rollout extends Record<string, unknown> {
  environment: string;
  paused: boolean;
  reason: string | null;
}

const rolloutView: View<Rollout> = {
  fields: ['environment', 'percentage', 'paused', 'reason', 'paused_at', 'stepped_at', 'next_at'],
  columns: [
    { title: 'ENVIRONMENT', value: ({ environment }) => environment || 'all others' },
    { title: '%', value: ({ percentage }) => percentage, right: true },
    { title: 'NEXT STEP', value: ({ next_at }) => relative(next_at, '-') },
    { title: 'PAUSED', value: ({ paused }) => (paused ? 'yes' : 'no') },
    column('REASON', 'reason'),
    column('NEXT AT', 'next_at', { wide: true }),
    column('STEPPED AT', 'stepped_at', { wide: true }),
  ],
  name: ({ environment }) => environment || 'default',
};

const showLeaf: LeafSpec = {
  name: 'show',
  summary: 'Show how far the rollouts of a feature flag are, and what comes next',
  description: 'Rollouts with a schedule, a guardrail or a pause.',
  arguments: [FLAG],
  examples: [{ cmd: 'feature-flag schedule new-checkout' }],
  effect: 'reads',
  view: rolloutView,
  operations: ['GET /api/v1/features/{id}'],
  async run(context, { args }) {
    const client = await context.client();
    const flag = await client.json<Entry>({ method: 'GET', path: pathOf(featureFlagWords, String(args[0])) });
    const rollouts = (flag.rollouts ?? []) as Rollout[];
    await context.list(rollouts, rolloutView);
    if (rollouts.length === 0) context.notice(`${flag.key} has no schedule, no guardrail and no pause`);
  },
};

const setLeaf: LeafSpec = {
  name: 'set',
  summary: 'Let a rollout walk by itself, step by step',
  description: 'Steps take the place of those that were there. A step that was missed is taken at the next start.',
  arguments: [
    FLAG,
    {
      name: 'step',
      summary: 'time=percentage: 1h=10, 2030-01-01T09:00:00Z=100',
      variadic: true,
      asked: { question: 'Which step? (time=percentage)', unless: ['none'] },
    },
  ],
  options: [ENVIRONMENT, { flags: '--none', summary: 'no steps any more', common: true }, IF_MATCH],
  examples: [
    { cmd: 'feature-flag schedule set new-checkout 1h=50 1d=100' },
    { cmd: 'feature-flag schedule set new-checkout --none --environment production' },
  ],
  effect: 'writes',
  view: flagView,
  operations: ['PATCH /api/v1/features/{id}'],
  async run(context, { args, options }) {
    const id = String(args[0]);
    const steps = ((args[1] as string[] | undefined) ?? []).map(stepOf);
    if ((options.none === true) === steps.length > 0) throw usageError('give steps, or --none');
    const schedule = { schedule: options.none === true ? null : steps };
    const { environment } = options;
    const answer = await context.send({
      method: 'PATCH',
      path: pathOf(featureFlagWords, id),
      body: environment === undefined ? schedule : { environments: { [String(environment)]: schedule } },
      contentType: 'application/merge-patch+json',
      ifMatch: options.ifMatch as string | undefined,
    });
    if (!answer) return;
    const flag = answer.json<Entry>();
    const said =
      steps.length === 0 ? 'has no steps' : `takes ${steps.length === 1 ? '1 step' : `${steps.length} steps`}`;
    const there = environment === undefined ? '' : ` in ${String(environment)}`;
    const next = `${context.program} feature-flag schedule ${flag.key}`;
    await context.changed(`${flag.key} ${said}${there}`, flag, flagView, next);
  },
};

function stepOf(text: string): { at: string; percentage: number } {
  const at = text.lastIndexOf('=');
  if (at < 1) throw usageError(`${JSON.stringify(text)} is not time=percentage`, { reason: 'e.g. 1h=10' });
  return {
    at: parseMoment(text.slice(0, at), 'step'),
    percentage: numberOf(text.slice(at + 1).replace(/%$/, ''), 'step'),
  };
}

export const scheduleGroup: GroupSpec = {
  name: 'schedule',
  summary: 'See and set the steps a rollout takes by itself',
  fallback: 'show',
  children: [showLeaf, setLeaf],
};
