import { parseCount } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { gridWords, NODE_TYPES } from '../kinds/grid.words.js';
import { given, idArgument, numberOf, pathOf } from '../kinds/kind-request.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';

const STRATEGIES = ['round_robin', 'least_connections', 'weighted', 'random', 'consistent_hash'] as const;
const MOST = 1_000_000;
const NODE = idArgument(gridWords);

interface Decision extends Record<string, unknown> {
  node: { key: string; address: string };
  reason: string;
  guard: { until: string } | null;
}

type Answer = Record<string, unknown>;

const decisionView: View<Decision> = {
  fields: ['node', 'strategy', 'reason', 'why', 'guard'],
  columns: [
    { title: 'NODE', value: ({ node }) => node.key },
    { title: 'ADDRESS', value: ({ node }) => node.address },
    column('ZONE', 'node.zone'),
    column('CONNECTIONS', 'node.connections', { right: true }),
    column('STRATEGY', 'strategy'),
    column('REASON', 'reason'),
    column('MATCHING', 'why.matching', { right: true, wide: true }),
    column('CANDIDATES', 'why.candidates', { right: true, wide: true }),
    column('EXCLUDED', 'why.excluded', { wide: true }),
  ],
  name: ({ node }) => node.address,
};

const countView: View<Answer> = {
  fields: ['id', 'key', 'status', 'connections', 'drain', 'ttl_seconds'],
  columns: [],
  name: (answer) => String(answer.key ?? ''),
};

export const balanceLeaf: LeafSpec = {
  name: 'balance',
  summary: 'Choose a node for the next piece of work, and say why',
  description: 'The node counts one connection more: grid release gives it back. -o name prints host:port.',
  options: [
    { flags: '--type <type>', summary: NODE_TYPES.join(', '), common: true },
    {
      flags: '--strategy <strategy>',
      summary: `${STRATEGIES.join(', ')} (default round_robin)`,
      completes: STRATEGIES,
      common: true,
    },
    { flags: '--hash-key <key>', summary: 'what consistent_hash gives the same node again', common: true },
    { flags: '--region <region>', summary: 'only nodes of this region' },
    { flags: '--zone <zone>', summary: 'only nodes of this zone', common: true },
    { flags: '--prefer-same-zone', summary: 'other zones when none of --zone can take work', common: true },
    {
      flags: '--affinity <label>',
      summary: "gpu, 'gpu=a100', 'gpu=a100,h100' or 'gpu!=a100'; all must match",
      repeatable: true,
      common: true,
    },
  ],
  examples: [
    { cmd: 'grid balance' },
    {
      cmd: 'grid balance --strategy consistent_hash --hash-key session-42 -o name',
      note: 'an address for other programs',
    },
  ],
  effect: 'writes',
  view: decisionView,
  operations: ['POST /api/v1/grid/balance'],
  async run(context, { options }) {
    const affinity = (options.affinity as string[] | undefined)?.map(affinityOf);
    const answer = await context.send({
      method: 'POST',
      path: '/api/v1/grid/balance',
      body: given({
        type: options.type,
        strategy: options.strategy,
        key: options.hashKey,
        region: options.region,
        zone: options.zone,
        prefer_same_zone: options.preferSameZone,
        affinity,
      }),
    });
    if (!answer) return;
    const decision = answer.json<Decision>();
    await context.list([decision], decisionView);
    if (decision.guard)
      context.notice(`most nodes are silent; the last known ones are served until ${decision.guard.until}`);
  },
};

function affinityOf(text: string): Record<string, unknown> {
  const [, key, operator, list] = /^([^=!\s]+)(?:(!?=)(.*))?$/.exec(text) ?? [];
  if (key === undefined) {
    throw usageError(`--affinity ${JSON.stringify(text)} is not a label`, { reason: "write gpu or 'gpu=a100'" });
  }
  if (operator === undefined) return { key, operator: 'exists' };
  const values = (list ?? '').split(',');
  if (operator === '!=') return { key, operator: 'ne', values };
  return { key, operator: values.length > 1 ? 'in' : 'eq', values };
}

export const releaseLeaf: LeafSpec = {
  name: 'release',
  summary: 'Say that work a node was given is done',
  arguments: [NODE, { name: 'connections', summary: 'how many (default 1)' }],
  examples: [{ cmd: 'grid release node_n1 2' }],
  effect: 'writes',
  view: countView,
  operations: ['POST /api/v1/grid/nodes/{id}/release'],
  async run(context, { args }) {
    const [id = '', count] = args as (string | undefined)[];
    const connections = count === undefined ? undefined : parseCount(count, 'the connections', 1, MOST);
    const path = pathOf(gridWords, id, 'release');
    const answer = await context.send({ method: 'POST', path, body: given({ connections }) });
    if (!answer) return;
    const left = answer.json<Answer>();
    await context.changed(`${String(left.key)} has ${String(left.connections)} connections left`, left, countView);
  },
};

export const heartbeatLeaf: LeafSpec = {
  name: 'heartbeat',
  summary: 'Say that a node is alive, and what it is doing',
  arguments: [NODE],
  options: [
    { flags: '--connections <n>', summary: 'open now', common: true },
    { flags: '--cpu <share>', summary: 'e.g. 0.4', common: true },
    { flags: '--memory <share>', summary: 'e.g. 0.6', common: true },
    { flags: '--requests <n>', summary: 'a second', common: true },
  ],
  examples: [{ cmd: 'grid heartbeat node_n1 --connections 0 --cpu 0.4' }],
  effect: 'writes',
  view: countView,
  operations: ['POST /api/v1/grid/nodes/{id}/heartbeat'],
  async run(context, { args, options }) {
    const told = ['connections', 'cpu', 'memory', 'requests'].map((name) => {
      const value = options[name];
      return [name, value === undefined ? undefined : numberOf(String(value), `--${name}`)] as const;
    });
    const path = pathOf(gridWords, String(args[0]), 'heartbeat');
    const answer = await context.send({ method: 'POST', path, body: given(Object.fromEntries(told)) });
    if (!answer) return;
    const heard = answer.json<Answer>();
    const wish = heard.drain === true ? 'wanted to take no new work' : `wanted ${String(heard.status)}`;
    await context.changed(`${String(heard.key)} is heard, ${wish}`, heard, countView);
  },
};
