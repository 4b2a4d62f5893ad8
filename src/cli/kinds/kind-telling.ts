import { PAGE_OPTIONS, pageWish } from '../commands/list-options.js';
import { printPages } from '../commands/pages.js';
import { printStats } from '../commands/stats.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { idArgument, manyOf, pathOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

interface EntryEvent extends Record<string, unknown> {
  seq?: number | null;
}

const eventView: View<EntryEvent> = {
  fields: ['seq', 'type', 'at', 'actor', 'request_id', 'revision', 'status', 'health', 'verb', 'from', 'to', 'patch'],
  columns: [
    column('AT', 'at'),
    column('TYPE', 'type'),
    column('VERB', 'verb'),
    column('FROM', 'from'),
    column('TO', 'to'),
    column('HEALTH', 'health', { state: true }),
    column('REVISION', 'revision', { right: true }),
    column('ACTOR', 'actor', { wide: true }),
    column('SEQ', 'seq', { right: true, wide: true }),
    column('PATCH', 'patch', { wide: true }),
  ],
  name: (event) => String(event.seq ?? ''),
};

export function eventsLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'events',
    summary: `Show what happened to ${one}, newest first`,
    arguments: [idArgument(kind)],
    options: [
      { flags: '--types <types>', summary: 'only these, comma-separated: transition, health_changed, …', common: true },
      ...PAGE_OPTIONS.filter(({ flags }) => !flags.startsWith('--sort')),
    ],
    examples: [{ cmd: `${name} events ${sample.id} --types transition` }],
    effect: 'reads',
    view: eventView,
    operations: [`GET /api/v1/${path}/{id}/events`],
    run: (context, { args, options }) =>
      printPages<EntryEvent>(context, {
        path: pathOf(kind, String(args[0]), 'events'),
        query: { types: options.types as string | undefined },
        wish: pageWish(options),
        view: eventView,
        none: 'no events',
      }),
  };
}

type Stats = Record<string, unknown>;

const statsView: View<Stats> = {
  fields: ['total', 'by_type', 'by_status', 'by_health', 'by_feature', 'by_provider', 'by_level'],
  columns: [],
  name: (stats) => String(stats.total ?? ''),
};

export function statsLeaf(kind: KindWords): LeafSpec {
  const { name, path } = kind;
  return {
    name: 'stats',
    summary: `Count ${manyOf(kind)} by state, health and more`,
    options: [{ flags: '--overview', summary: 'the few figures a dashboard shows', common: true }],
    examples: [{ cmd: `${name} stats` }],
    effect: 'reads',
    view: statsView,
    operations: [`GET /api/v1/${path}/stats`, `GET /api/v1/${path}/stats/overview`],
    async run(context, { options }) {
      const client = await context.client();
      const stats = await client.json<Stats>({
        method: 'GET',
        path: pathOf(kind, 'stats', ...(options.overview === true ? ['overview'] : [])),
      });
      await printStats(context, stats, statsView);
    },
  };
}
