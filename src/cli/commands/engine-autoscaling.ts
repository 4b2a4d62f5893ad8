import { engineWords } from '../kinds/engine.words.js';
import { merged } from '../kinds/kind-input.js';
import { given, idArgument, IF_MATCH, numberOf, pathOf } from '../kinds/kind-request.js';
import { kindView } from '../kinds/kind-view.js';
import { outcomeOf } from '../kinds/kind-waiting.js';
import { parseCount, parseSeconds } from '../core/duration.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { conditionOf, heldText, WAIT_FOR_DRIVER } from '../waiting/wait-option.js';
import { assignments } from './entry-input.js';
import { PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';

const POLICIES = ['manual', 'auto_cpu', 'auto_memory', 'auto_queue', 'predictive'] as const;
const MOST_UNITS = 100_000;
const ENGINE = idArgument(engineWords);
const engineView = kindView(engineWords);

type Autoscaling = Record<string, unknown>;
type Decision = Record<string, unknown>;

const autoscalingView: View<Autoscaling> = {
  fields: [
    'policy',
    'target',
    'cooldown_seconds',
    'stabilization_seconds',
    'tolerance',
    'metric',
    'horizon_seconds',
    'season_seconds',
    'last_scaled_at',
  ],
  columns: [],
  name: (autoscaling) => String(autoscaling.policy ?? ''),
};

const decisionView: View<Decision> = {
  fields: ['id', 'at', 'policy', 'action', 'reason', 'detail', 'current', 'desired', 'outcome', 'inputs'],
  columns: [
    column('AT', 'at'),
    column('POLICY', 'policy'),
    column('ACTION', 'action'),
    column('FROM', 'current', { right: true }),
    column('TO', 'desired', { right: true }),
    column('OUTCOME', 'outcome', { state: true }),
    column('REASON', 'reason'),
    column('DETAIL', 'detail'),
    column('INPUTS', 'inputs', { wide: true }),
  ],
  name: (decision) => String(decision.id ?? decision.at ?? ''),
};

export const scaleLeaf: LeafSpec = {
  name: 'scale',
  summary: 'Set how many units of an engine work',
  description: 'Acts through its driver. Autoscaling, where it is on, may change it again.',
  arguments: [
    ENGINE,
    { name: 'capacity', summary: 'units, between its least and its most', asked: { question: 'How many units?' } },
  ],
  options: [WAIT_FOR_DRIVER, IF_MATCH],
  examples: [{ cmd: 'engine scale engine_inference 4' }],
  effect: 'writes',
  view: engineView,
  operations: ['POST /api/v1/engines/{id}/scale'],
  async run(context, { args, options }) {
    const [id, units] = args as [string, string];
    const condition = await conditionOf(context, options, engineWords, { driven: true });
    const capacity = parseCount(units, 'the capacity', 0, MOST_UNITS);
    const answer = await context.send({
      method: 'POST',
      path: pathOf(engineWords, id, 'scale'),
      body: { capacity },
      ifMatch: options.ifMatch as string | undefined,
    });
    if (!answer) return;
    const wait = options.wait !== undefined;
    const asked = { id, answer, verb: 'scale', wait, condition };
    const { entry, underWay } = await outcomeOf(context, engineWords, asked);
    const sentence = `${id} ${underWay ? 'is being scaled' : 'is scaled'} to ${capacity}${heldText(condition)}`;
    await context.changed(sentence, entry, engineView);
  },
};

const getLeaf: LeafSpec = {
  name: 'get',
  summary: 'Show by which policy an engine is scaled',
  arguments: [ENGINE],
  examples: [{ cmd: 'engine autoscaling engine_inference' }],
  effect: 'reads',
  view: autoscalingView,
  operations: ['GET /api/v1/engines/{id}/autoscaling'],
  async run(context, { args }) {
    const client = await context.client();
    const path = pathOf(engineWords, String(args[0]), 'autoscaling');
    await context.one(await client.json<Autoscaling>({ method: 'GET', path }), autoscalingView);
  },
};

const setLeaf: LeafSpec = {
  name: 'set',
  summary: 'Say by which policy an engine is scaled',
  arguments: [ENGINE],
  options: [
    {
      flags: '--policy <policy>',
      summary: POLICIES.join(', '),
      choices: POLICIES,
      common: true,
      asked: { question: 'By which policy?' },
    },
    { flags: '--target <value>', summary: 'what the metric is to be per unit, e.g. 70 (per cent)', common: true },
    { flags: '--cooldown <duration>', summary: 'rest after a change, e.g. 5m', common: true },
    { flags: '--set <field=value>', summary: 'any other field: tolerance, horizon_seconds, …', repeatable: true },
  ],
  examples: [{ cmd: 'engine autoscaling set engine_inference --policy auto_cpu --target 70 --cooldown 5m' }],
  effect: 'writes',
  view: autoscalingView,
  operations: ['PUT /api/v1/engines/{id}/autoscaling'],
  async run(context, { args, options }) {
    const id = String(args[0]);
    const body = given({
      policy: options.policy,
      target: options.target === undefined ? undefined : numberOf(String(options.target), '--target'),
      cooldown_seconds:
        options.cooldown === undefined ? undefined : parseSeconds(String(options.cooldown), '--cooldown', 0, 86_400),
    });
    const answer = await context.send({
      method: 'PUT',
      path: pathOf(engineWords, id, 'autoscaling'),
      body: merged(body, assignments((options.set as string[] | undefined) ?? [], '--set')),
    });
    if (!answer) return;
    const autoscaling = answer.json<Autoscaling>();
    await context.changed(`${id} is scaled by ${String(options.policy)}`, autoscaling, autoscalingView);
  },
};

const decisionsLeaf: LeafSpec = {
  name: 'decisions',
  summary: 'Show what autoscaling decided, and why',
  arguments: [ENGINE],
  options: PAGE_OPTIONS.filter(({ flags }) => !flags.startsWith('--sort')),
  examples: [{ cmd: 'engine autoscaling decisions engine_inference --limit 10' }],
  effect: 'reads',
  view: decisionView,
  operations: ['GET /api/v1/engines/{id}/autoscaling/decisions'],
  run: (context, { args, options }) =>
    printPages<Decision>(context, {
      path: pathOf(engineWords, String(args[0]), 'autoscaling', 'decisions'),
      query: {},
      wish: pageWish(options),
      view: decisionView,
      uncounted: true,
      none: 'no decisions',
    }),
};

export const autoscalingGroup: GroupSpec = {
  name: 'autoscaling',
  summary: 'See and say by which policy an engine is scaled',
  fallback: 'get',
  children: [getLeaf, setLeaf, decisionsLeaf],
};
