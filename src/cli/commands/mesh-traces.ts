import { pathOf } from '../kinds/kind-request.js';
import { meshWords } from '../kinds/mesh.words.js';
import type { CommandContext } from '../core/context.js';
import { parseDuration } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { columnsOf } from '../core/interactive.js';
import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';
import { millisecondsText, waterfallLines } from '../output/waterfall.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';
import { timeRange } from './time-range.js';

interface Trace extends Record<string, unknown> {
  trace_id: string;
  started_at: string;
  root_service: string | null;
  root_name: string | null;
  duration_ms: number;
  spans: number;
  errors: number;
}

const FIELDS = ['trace_id', 'root_service', 'root_name', 'started_at', 'duration_ms', 'spans', 'errors', 'services'];

const traceView: View<Trace> = {
  fields: FIELDS,
  columns: [
    column('TRACE', 'trace_id'),
    column('SERVICE', 'root_service'),
    column('NAME', 'root_name'),
    { title: 'DURATION', value: ({ duration_ms: duration }) => millisecondsText(duration), right: true },
    column('SPANS', 'spans', { right: true }),
    column('ERRORS', 'errors', { right: true }),
    column('SERVICES', 'services', { wide: true }),
    { title: 'AGE', value: ({ started_at }) => age(started_at), right: true },
  ],
  name: ({ trace_id: id }) => id,
};

const listLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List traces, the newest first',
  options: [
    { flags: '--route <route>', summary: 'only those that went by this route', completes: 'mesh', common: true },
    { flags: '--service <name>', summary: 'only those in which it took part', common: true },
    { flags: '--slower <time>', summary: 'only those that took so long: 250ms, 2s', common: true },
    { flags: '--errors', summary: 'only those in which something failed', common: true },
    { flags: '--no-errors', summary: 'only those in which nothing failed' },
    { flags: '--since <time>', summary: '15m, 2h or a date and time', common: true },
    { flags: '--until <time>', summary: 'up to then' },
    ...PAGE_OPTIONS.filter(({ flags }) => !flags.startsWith('--sort')),
  ],
  examples: [{ cmd: 'mesh traces list' }, { cmd: 'mesh traces --service checkout --slower 250ms --errors' }],
  effect: 'reads',
  view: traceView,
  operations: ['GET /api/v1/mesh/traces', 'GET /api/v1/mesh/routes/{id}/traces'],
  async run(context, { options }) {
    const { route, service, slower, errors } = options as { errors?: boolean } & Record<string, string | undefined>;
    if (route !== undefined && service !== undefined) throw usageError('give either --route, or --service');
    await printPages<Trace>(context, {
      path: route === undefined ? '/api/v1/mesh/traces' : pathOf(meshWords, route, 'traces'),
      query: {
        service,
        min_ms: slower === undefined ? undefined : Math.ceil(parseDuration(slower, '--slower')),
        error: errors,
        ...timeRange(options),
      },
      wish: pageWish(options),
      view: traceView,
      none: 'no traces',
    });
  },
};

interface Span extends Record<string, unknown> {
  span_id: string;
  parent_missing: boolean;
  service: string;
  name: string;
  kind: string;
  offset_ms: number;
  duration_ms: number;
  self_ms: number;
  error: boolean;
  message: string | null;
  children: Span[];
}

interface Tree extends Trace {
  truncated: boolean;
  roots: Span[];
}

const treeView: View<Tree> = {
  fields: [...FIELDS, 'truncated', 'roots'],
  columns: traceView.columns,
  name: ({ trace_id: id }) => id,
};

type Placed = Span & { depth: number };

const spanView: View<Placed> = {
  fields: ['span_id', 'service', 'name', 'kind', 'offset_ms', 'duration_ms', 'self_ms', 'error', 'message', 'route'],
  columns: [
    { title: 'SPAN', value: ({ depth, service, name }) => `${'  '.repeat(depth)}${service} ${name}` },
    column('KIND', 'kind'),
    column('OFFSET', 'offset_ms', { right: true }),
    column('DURATION', 'duration_ms', { right: true }),
    column('SELF', 'self_ms', { right: true }),
    { title: 'RESULT', value: ({ error }) => (error ? 'failed' : 'ok'), state: true },
    column('MESSAGE', 'message'),
    column('ROUTE', 'route'),
    column('ID', 'span_id'),
  ],
  name: ({ span_id: id }) => id,
};

const showLeaf: LeafSpec = {
  name: 'show',
  aliases: ['get'],
  summary: 'Draw one trace as a waterfall: what called what, when, and for how long',
  description:
    'Bars of = went well, those of # failed. -o wide lists the spans with their figures, -o json has all that is known.',
  arguments: [
    {
      name: 'trace',
      summary: 'its id, as "mesh traces list" tells it',
      completes: 'trace',
      asked: { question: 'Which trace? (32 hex digits)' },
    },
  ],
  examples: [{ cmd: 'mesh traces show 5b8efff798038103d269b633813fc60c' }],
  effect: 'reads',
  view: treeView,
  operations: ['GET /api/v1/mesh/traces/{trace_id}'],
  async run(context, { args }) {
    const client = await context.client();
    const path = `/api/v1/mesh/traces/${encodeURIComponent(String(args[0]))}`;
    const tree = await client.json<Tree>({ method: 'GET', path });
    const spans = tree.roots.flatMap((root) => [...placed(root)]);
    if (context.format.name === 'wide' && context.flags.fields === undefined && !context.quiet) {
      await context.list(spans, spanView);
    } else if (context.speaks) await draw(context, tree, spans);
    else return context.one(tree, treeView);
    if (tree.truncated) context.notice('it has more spans than are shown');
    const orphans = tree.roots.filter(({ parent_missing: missing }) => missing).length;
    if (orphans > 0) context.notice(`the parents of ${orphans} spans are not here: not sampled, lost, or not come yet`);
  },
};

/** The span and what it caused, each before its own: without recursion, however deep it is. */
function* placed(root: Span): Generator<Placed> {
  const open: Placed[] = [{ ...root, depth: 0 }];
  for (let span = open.pop(); span; span = open.pop()) {
    yield span;
    const depth = span.depth + 1;
    open.push(...span.children.toReversed().map((child) => ({ ...child, depth })));
  }
}

async function draw(context: CommandContext, tree: Tree, spans: readonly Placed[]): Promise<void> {
  const { stdout } = context.terminal;
  const lines = await waterfallLines(
    spans.map(({ depth, service, name, offset_ms: offset, duration_ms: duration, error, message }) => ({
      depth,
      label: `${service} ${name}`,
      offset,
      duration,
      failed: error,
      note: message ?? undefined,
    })),
    { width: stdout.isTTY ? columnsOf(stdout) : undefined, paint: context.paint },
  );
  const { trace_id: id, duration_ms: duration, errors, started_at: at } = tree;
  const failed = errors === 0 ? '' : `, ${errors} failed`;
  const count = `${tree.spans} ${tree.spans === 1 ? 'span' : 'spans'}${failed}`;
  await context.write(`${[`${id}  ${at}  ${millisecondsText(duration)}  ${count}`, ...lines].join('\n')}\n`);
}

export const tracesGroup: GroupSpec = {
  name: 'traces',
  summary: 'See requests go through services',
  fallback: 'list',
  children: [listLeaf, showLeaf],
};
