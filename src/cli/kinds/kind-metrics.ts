import { timeRange } from '../commands/time-range.js';
import { parseCount, parsePastMoment } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { acceptedView, given, idArgument, numberOf, pathOf, rowsOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

type Metric = Record<string, unknown>;

const metricView: View<Metric> = {
  fields: ['name', 'value', 'unit', 'at', 'tags'],
  columns: [
    column('NAME', 'name'),
    column('VALUE', 'value', { right: true }),
    column('UNIT', 'unit'),
    column('AT', 'at'),
    column('TAGS', 'tags', { wide: true }),
  ],
  name: (metric) => String(metric.name ?? ''),
};

export function metricsGroup(kind: KindWords): GroupSpec {
  return {
    name: 'metrics',
    summary: `Read and record the metrics of ${kind.one}`,
    fallback: 'show',
    children: [showLeaf(kind), recordLeaf(kind)],
  };
}

function showLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'show',
    summary: `Show the metrics of ${one}: the latest of each, or with --name one over time`,
    arguments: [idArgument(kind)],
    options: [
      { flags: '--name <metric>', summary: 'only this metric', common: true },
      { flags: '--since <time>', summary: '15m, 2h or a date and time', common: true },
      { flags: '--until <time>', summary: 'up to then' },
      { flags: '--limit <n>', summary: 'at most so many (default 1000)' },
    ],
    examples: [{ cmd: `${name} metrics ${sample.id}` }, { cmd: `${name} metrics ${sample.id} --name cpu --since 1h` }],
    effect: 'reads',
    view: metricView,
    operations: [`GET /api/v1/${path}/{id}/metrics`],
    async run(context, { args, options }) {
      const client = await context.client();
      const answer = await client.json<unknown>({
        method: 'GET',
        path: pathOf(kind, String(args[0]), 'metrics'),
        query: {
          name: options.name as string | undefined,
          limit: options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, 1000),
          ...timeRange(options),
        },
      });
      const metrics = rowsOf<Metric>(answer, 'metrics', 'points', 'samples');
      await context.list(metrics, metricView);
      if (metrics.length === 0) context.notice('no metrics');
    },
  };
}

function recordLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'record',
    summary: `Record metrics of ${one}`,
    arguments: [
      idArgument(kind),
      {
        name: 'metric',
        summary: 'name=value, several at once',
        variadic: true,
        asked: { question: 'Which metric? (name=value)' },
      },
    ],
    options: [
      { flags: '--unit <unit>', summary: 'unit of the values, e.g. ms', common: true },
      { flags: '--tag <name=value>', summary: 'a tag of the values', repeatable: true, common: true },
      { flags: '--at <time>', summary: 'when they were measured (default now)' },
    ],
    examples: [{ cmd: `${name} metrics record ${sample.id} cpu=0.42 memory=812 --tag zone=a` }],
    effect: 'writes',
    view: acceptedView,
    operations: [`POST /api/v1/${path}/{id}/metrics`],
    async run(context, { args, options }) {
      const tags = options.tag as string[] | undefined;
      const metrics = (args[1] as string[]).map((pair) => {
        const at = pair.indexOf('=');
        if (at < 1) throw usageError(`${JSON.stringify(pair)} is not name=value`);
        return given({
          name: pair.slice(0, at),
          value: numberOf(pair.slice(at + 1), pair.slice(0, at)),
          unit: options.unit,
          tags: tags && textsOf(tags),
          at: options.at === undefined ? undefined : parsePastMoment(String(options.at), '--at'),
        });
      });
      const answer = await context.send({
        method: 'POST',
        path: pathOf(kind, String(args[0]), 'metrics'),
        body: metrics.length === 1 ? metrics[0] : metrics,
      });
      if (!answer) return;
      const count = metrics.length === 1 ? '1 metric' : `${metrics.length} metrics`;
      if (context.speaks) return context.write(`recorded ${count} of ${String(args[0])}\n`);
      await context.one(answer.json<Metric>(), acceptedView);
    },
  };
}

/** `zone=a release=7`: tags are texts, whatever they look like. */
function textsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw usageError(`--tag ${JSON.stringify(pair)} is not name=value`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
