import { parseCount, parseSeconds } from '../core/duration.js';
import { ExitCode } from '../core/exit-codes.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { given, idArgument, pathOf, rowsOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

const HEALTHS = ['healthy', 'degraded', 'unhealthy', 'unknown'] as const;
const NOT_WELL = new Set(['degraded', 'unhealthy']);

type Health = Record<string, unknown>;
type Observation = Record<string, unknown>;

const healthView: View<Health> = {
  fields: ['id', 'key', 'status', 'health', 'reported_health', 'because', 'check', 'ttl_expires_at', 'last', 'history'],
  columns: [],
  name: (answer) => healthOf(answer),
};

const historyView: View<Observation> = {
  fields: ['at', 'status', 'source', 'latency_ms', 'message'],
  columns: [
    column('AT', 'at'),
    column('HEALTH', 'status', { state: true }),
    column('SOURCE', 'source'),
    column('MS', 'latency_ms', { right: true }),
    column('MESSAGE', 'message'),
  ],
  name: (row) => String(row.status ?? ''),
};

export function healthGroup(kind: KindWords): GroupSpec {
  return {
    name: 'health',
    summary: `See and report the health of ${kind.one}`,
    fallback: 'show',
    children: [showLeaf(kind), reportLeaf(kind)],
  };
}

function showLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'show',
    summary: `Show the health of ${one}: the last result and those before it`,
    description: 'Exit code 10 when it is degraded or unhealthy.',
    arguments: [idArgument(kind)],
    options: [
      { flags: '--check', summary: 'check it now instead of telling the last result', common: true },
      { flags: '--limit <n>', summary: 'at most so many results (default 10)', common: true },
    ],
    examples: [{ cmd: `${name} health ${sample.id}` }, { cmd: `${name} health ${sample.id} --check -o json` }],
    effect: 'reads',
    view: healthView,
    operations: [`GET /api/v1/${path}/{id}/health`],
    async run(context, { args, options }) {
      const client = await context.client();
      const health = await client.json<Health>({
        method: 'GET',
        path: pathOf(kind, String(args[0]), 'health'),
        query: {
          check: options.check === true ? true : undefined,
          limit: options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, 1000),
        },
      });
      if (context.speaks) {
        const { history: _, last: __, ...now } = health;
        const because = rowsOf<Health>(health, 'because').map(
          ({ key, health: its }) => `${String(key)} (${String(its)})`,
        );
        await context.one({ ...now, because }, healthView);
        const history = rowsOf<Observation>(health, 'history');
        if (history.length > 0) await context.write('\n');
        await context.list(history, historyView);
      } else {
        await context.one(health, healthView);
      }
      if (options.check === true && health.check === null) {
        context.notice('it has no check that could be run; this is what it was last reported to be');
      }
      if (NOT_WELL.has(healthOf(health))) context.exit(ExitCode.no);
    },
  };
}

function reportLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'report',
    summary: `Report how ${one} is`,
    description: 'For what watches it from outside, or when it reports about itself (checks of type ttl).',
    arguments: [
      idArgument(kind),
      { name: 'health', summary: HEALTHS.join(', '), asked: { question: 'How is it?' }, completes: HEALTHS },
    ],
    options: [
      { flags: '--message <text>', summary: 'what was seen', common: true },
      { flags: '--ttl <duration>', summary: 'how long it is good for: 30s, 5m; for good when left out', common: true },
    ],
    examples: [{ cmd: `${name} health report ${sample.id} healthy --message "all replicas answer" --ttl 1h` }],
    effect: 'writes',
    view: healthView,
    operations: [`POST /api/v1/${path}/{id}/health`],
    async run(context, { args, options }) {
      const id = String(args[0]);
      const answer = await context.send({
        method: 'POST',
        path: pathOf(kind, id, 'health'),
        body: given({
          status: String(args[1]).toLowerCase(),
          message: options.message,
          ttl_seconds:
            options.ttl === undefined ? undefined : parseSeconds(String(options.ttl), '--ttl', 1, 31_536_000),
        }),
      });
      if (!answer) return;
      const health = answer.json<Health>();
      await context.changed(`${String(health.key ?? id)} is ${healthOf(health)}`, health, healthView);
    },
  };
}

function healthOf(answer: Health): string {
  return String(answer.health ?? '');
}
