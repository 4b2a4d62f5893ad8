import { given, idArgument, IF_MATCH, numberOf, pathOf } from '../kinds/kind-request.js';
import { meshWords } from '../kinds/mesh.words.js';
import { parseDuration } from '../core/duration.js';
import type { CommandContext } from '../core/context.js';
import { relative } from '../output/time.js';
import { column, type View } from '../output/view.js';
import { optionName } from '../spec/ask-missing.js';
import { flagWords } from '../spec/global-options.js';
import type { GroupSpec, LeafSpec, OptionSpec } from '../spec/types.js';
import { questionFor } from './batch-answer.js';

const ROUTE = idArgument(meshWords);
const PATH = '/api/v1/mesh/routes/{id}/circuit-breaker';

interface Breaker extends Record<string, unknown> {
  route: string;
  state: string;
  enabled: boolean;
}

const breakerView: View<Breaker> = {
  fields: [
    'route_id',
    'route',
    'enabled',
    'state',
    'since',
    'reason',
    'half_open_at',
    'window_started_at',
    'requests',
    'failures',
    'probes',
    'probes_succeeded',
    'version',
    'settings',
  ],
  columns: [
    column('ROUTE', 'route'),
    column('STATE', 'state', { state: true }),
    column('REQUESTS', 'requests', { right: true }),
    column('FAILURES', 'failures', { right: true }),
    column('REASON', 'reason'),
  ],
  name: ({ state }) => state,
};

const showLeaf: LeafSpec = {
  name: 'show',
  aliases: ['get'],
  summary: 'Show the circuit breaker of a route: its state, since when and why',
  arguments: [ROUTE],
  examples: [{ cmd: 'mesh circuit-breaker route_orders' }, { cmd: 'mesh circuit-breaker show orders -o name' }],
  effect: 'reads',
  view: breakerView,
  operations: [`GET ${PATH}`],
  async run(context, { args }) {
    const client = await context.client();
    const path = pathOf(meshWords, String(args[0]), 'circuit-breaker');
    await context.one(await client.json<Breaker>({ method: 'GET', path }), breakerView);
  },
};

/** Each is a field of the breaker, in snake case. */
const SETTINGS: readonly OptionSpec[] = [
  { flags: '--failure-threshold <n>', summary: 'opens at so many failures (default 5)', common: true },
  { flags: '--success-threshold <n>', summary: 'closes after so many successes (default 2)', common: true },
  { flags: '--half-open-requests <n>', summary: 'goes through each time it is half open' },
  { flags: '--open-seconds <n>', summary: 'is half open then (default 30)', common: true },
  { flags: '--window-seconds <n>', summary: 'in which failures count (default 60)', common: true },
  { flags: '--min-requests <n>', summary: 'fewer open nothing (default 1)' },
  { flags: '--failure-rate-percent <n>', summary: 'a smaller share opens nothing (default 50)' },
];

const setLeaf: LeafSpec = {
  name: 'set',
  summary: 'Set when the circuit breaker of a route opens and closes',
  description:
    'What is not named has its default; its state stays. To change one setting and keep the others:\n' +
    'mesh update <route> --set circuit_breaker.open_seconds=10.',
  arguments: [ROUTE],
  options: [...SETTINGS, { flags: '--off', summary: 'let every request through', common: true }, IF_MATCH],
  examples: [{ cmd: 'mesh circuit-breaker set route_orders --failure-threshold 5 --open-seconds 10' }],
  effect: 'writes',
  view: breakerView,
  operations: [`PUT ${PATH}`],
  async run(context, { args, options }) {
    const settings = SETTINGS.map(({ flags }) => {
      const { long } = flagWords(flags);
      const typed = options[optionName(long)];
      const value = typed === undefined ? undefined : numberOf(String(typed), long);
      return [long.slice(2).replaceAll('-', '_'), value] as const;
    });
    const answer = await context.send({
      method: 'PUT',
      path: pathOf(meshWords, String(args[0]), 'circuit-breaker'),
      body: { enabled: options.off !== true, ...given(Object.fromEntries(settings)) },
      ifMatch: options.ifMatch as string | undefined,
    });
    if (answer) await tell(context, answer.json<Breaker>());
  },
};

const resetLeaf: LeafSpec = {
  name: 'reset',
  summary: 'Close the circuit breaker of a route and forget its counts',
  arguments: [ROUTE],
  examples: [{ cmd: 'mesh circuit-breaker reset route_orders' }],
  effect: 'writes',
  view: breakerView,
  operations: [`POST ${PATH}/reset`],
  async run(context, { args }) {
    const path = pathOf(meshWords, String(args[0]), 'circuit-breaker', 'reset');
    const answer = await context.send({ method: 'POST', path });
    if (answer) await tell(context, answer.json<Breaker>());
  },
};

const tripLeaf: LeafSpec = {
  name: 'trip',
  summary: 'Open the circuit breaker of a route: nothing is sent until it is half open or reset',
  arguments: [ROUTE],
  options: [
    { flags: '--for <time>', summary: '30s, 10m or 1h (default as the route says)', common: true },
    { flags: '--reason <text>', summary: 'told to whoever asks', common: true },
  ],
  examples: [{ cmd: 'mesh circuit-breaker trip route_orders --for 10m --reason "Wrong answers" --yes' }],
  effect: 'deletes',
  view: breakerView,
  operations: [`POST ${PATH}/trip`],
  async run(context, { args, options }) {
    const id = String(args[0]);
    const seconds = options.for === undefined ? undefined : parseDuration(String(options.for), '--for') / 1000;
    if (!context.dryRun) await context.confirm(questionFor(context, `Send nothing by route ${id} any more`));
    const answer = await context.send({
      method: 'POST',
      path: pathOf(meshWords, id, 'circuit-breaker', 'trip'),
      body: given({ open_seconds: seconds, reason: options.reason }),
    });
    if (answer) await tell(context, answer.json<Breaker>(), `${context.program} mesh circuit-breaker reset ${id}`);
  },
};

function tell(context: CommandContext, breaker: Breaker, next?: string): Promise<void> {
  const { route, state, enabled, half_open_at: until } = breaker;
  const then = state === 'open' && until ? `, half open ${relative(until, '')}` : '';
  const sentence = enabled ? `the circuit breaker of ${route} is ${state.replace('_', ' ')}${then}` : `${route} has no circuit breaker`; // prettier-ignore
  return context.changed(sentence, breaker, breakerView, next);
}

export const breakerGroup: GroupSpec = {
  name: 'circuit-breaker',
  aliases: ['breaker'],
  summary: 'See, set, open and close the circuit breaker of a route',
  fallback: 'show',
  children: [showLeaf, setLeaf, tripLeaf, resetLeaf],
};
