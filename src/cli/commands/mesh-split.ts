import { idArgument, IF_MATCH, numberOf, pathOf } from '../kinds/kind-request.js';
import { kindView } from '../kinds/kind-view.js';
import { percentOf, valueMatchOf } from '../kinds/mesh-parts.js';
import { meshWords } from '../kinds/mesh.words.js';
import { usageError } from '../core/errors.js';
import type { RegistryRequest } from '../core/client.js';
import type { LeafSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';

const view = kindView(meshWords);

export const splitLeaf: LeafSpec = {
  name: 'traffic-split',
  aliases: ['split'],
  summary: 'Share the requests of a route by percentages, a header or a cookie',
  description:
    'Of percentages canary=20; the rest goes by weight to the others. By a header or cookie canary=1: who sends that value\n' +
    'goes there (canary^=1 begins so, canary~=1.* matches, canary alone: has any), everybody else by weight.',
  arguments: [
    idArgument(meshWords),
    {
      name: 'rule',
      summary: 'destination=percent, or destination=value',
      variadic: true,
      asked: { question: 'How? (destination=percent)', unless: ['none'] },
    },
  ],
  options: [
    { flags: '--header <name>', summary: 'the value of this header decides', common: true },
    { flags: '--cookie <name>', summary: 'the value of this cookie decides', common: true },
    { flags: '--sticky <cookie>', summary: 'who was sent somewhere is sent there again, by this cookie', common: true },
    { flags: '--sticky-seconds <n>', summary: 'for so long (default while the browser runs)' },
    { flags: '--none', summary: 'share by the weights of the destinations again', common: true },
    IF_MATCH,
  ],
  examples: [
    { cmd: 'mesh traffic-split route_orders canary=20 --sticky orders_split' },
    { cmd: 'mesh traffic-split route_orders canary=1 --header x-canary --dry-run' },
    { cmd: 'mesh traffic-split route_orders --none --dry-run' },
  ],
  effect: 'writes',
  view,
  operations: ['PUT /api/v1/mesh/routes/{id}/traffic-split', 'PATCH /api/v1/mesh/routes/{id}'],
  async run(context, { args, options }) {
    const [id, rules] = args as [string, string[] | undefined];
    const none = options.none === true;
    if (none && (rules?.length ?? 0) > 0) throw usageError('give either rules, or --none');
    const request: RegistryRequest = none
      ? {
          method: 'PATCH',
          path: pathOf(meshWords, id),
          body: { traffic_split: null },
          contentType: 'application/merge-patch+json',
        }
      : { method: 'PUT', path: pathOf(meshWords, id, 'traffic-split'), body: splitOf(rules ?? [], options) };
    const answer = await context.send({ ...request, ifMatch: options.ifMatch as string | undefined });
    if (!answer) return;
    const route = answer.json<Entry>();
    const how = none
      ? 'by weight'
      : `by ${(options.header ?? options.cookie) ? 'a ' : ''}${kindOf(options)}: ${rules?.join(', ')}`;
    await context.changed(`${route.key} shares its requests ${how}`, route, view, `${context.program} mesh explain`);
  },
};

function kindOf({ header, cookie }: Record<string, unknown>): 'header' | 'cookie' | 'percentage' {
  if (header !== undefined && cookie !== undefined) throw usageError('give either --header, or --cookie');
  return header !== undefined ? 'header' : cookie !== undefined ? 'cookie' : 'percentage';
}

function splitOf(rules: readonly string[], options: Record<string, unknown>): Record<string, unknown> {
  const type = kindOf(options);
  const name = options.header ?? options.cookie;
  const { sticky, stickySeconds } = options;
  if (stickySeconds !== undefined && sticky === undefined) throw usageError('--sticky-seconds needs --sticky');
  return {
    type,
    rules: rules.map((rule) => {
      if (type === 'percentage') return percentageRule(rule);
      // The name in front is that of the destination here.
      const { name: destination, ...value } = valueMatchOf(rule, 'a rule');
      return { destination, name, ...value };
    }),
    ...(sticky !== undefined && {
      sticky: {
        cookie: sticky,
        ...(stickySeconds !== undefined && { ttl_seconds: numberOf(String(stickySeconds), '--sticky-seconds') }),
      },
    }),
  };
}

function percentageRule(rule: string): Record<string, unknown> {
  const at = rule.lastIndexOf('=');
  if (at < 1) throw usageError(`${JSON.stringify(rule)} is not destination=percent`);
  return { destination: rule.slice(0, at), percentage: percentOf(rule.slice(at + 1), rule.slice(0, at)) };
}
