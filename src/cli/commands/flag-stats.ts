import { featureFlagWords } from '../kinds/feature-flag.words.js';
import { pathOf } from '../kinds/kind-request.js';
import { statsLeaf } from '../kinds/kind-telling.js';
import type { CommandContext } from '../core/context.js';
import { parseCount, parsePastMoment } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { age, grouped, relative } from '../output/time.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';
import { FLAG } from './flag-context.js';
import { PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';
import { printStats } from './stats.js';

const MOST_DAYS = 3650;

interface Hour extends Record<string, unknown> {
  hour: string;
  enabled: number;
  disabled: number;
}

interface FlagStats extends Record<string, unknown> {
  evaluations: number;
  enabled: number;
  disabled: number;
  variants: Record<string, number>;
  last_evaluated_at: string | null;
  hours: Hour[];
}

const shared = statsLeaf(featureFlagWords);
const flagStatsView: View<FlagStats> = {
  fields: [...(shared.view?.fields ?? []), 'from', 'to', 'evaluations', 'enabled', 'disabled', 'variants', 'hours'],
  columns: [],
  name: ({ evaluations }) => String(evaluations),
};

const hourView: View<Hour> = {
  fields: ['hour', 'environment', 'enabled', 'disabled', 'variants'],
  columns: [
    column('HOUR', 'hour'),
    column('ENVIRONMENT', 'environment'),
    column('ON', 'enabled', { right: true }),
    column('OFF', 'disabled', { right: true }),
    { title: 'VARIANTS', value: ({ variants }) => countsOf(variants) },
  ],
  name: ({ hour }) => hour,
};

export const flagStatsLeaf: LeafSpec = {
  ...shared,
  summary: 'Tell how often a feature flag was answered, and how; without one, count the flags',
  description: 'Of the last day when --from and --to say nothing else.',
  arguments: [{ ...FLAG, asked: undefined }],
  options: [
    { flags: '--from <time>', summary: 'since then: 7d, 2030-01-01', common: true },
    { flags: '--to <time>', summary: 'until then', common: true },
    { flags: '-e, --environment <name>', summary: 'only there', common: true },
    { flags: '--hours', summary: 'hour by hour', common: true },
    ...(shared.options ?? []),
  ],
  examples: [{ cmd: 'feature-flag stats new-checkout' }, { cmd: 'feature-flag stats' }],
  view: flagStatsView,
  operations: [...(shared.operations ?? []), 'GET /api/v1/features/{id}/stats'],
  async run(context, invocation) {
    const { args, options } = invocation;
    if (args[0] === undefined) {
      const narrowing = ['from', 'to', 'environment', 'hours'].find((name) => options[name] !== undefined);
      if (narrowing !== undefined) throw usageError(`--${narrowing} needs a flag`);
      return shared.run(context, invocation);
    }
    if (options.overview === true) throw usageError('--overview is of all flags');
    await statsOf(context, String(args[0]), options);
  },
};

async function statsOf(context: CommandContext, id: string, options: Record<string, unknown>): Promise<void> {
  const client = await context.client();
  const moment = (name: 'from' | 'to') =>
    options[name] === undefined ? undefined : parsePastMoment(String(options[name]), `--${name}`);
  const stats = await client.json<FlagStats>({
    method: 'GET',
    path: pathOf(featureFlagWords, id, 'stats'),
    query: { from: moment('from'), to: moment('to'), environment: options.environment as string | undefined },
  });
  const people = ['table', 'wide', 'csv'].includes(context.format.name) && context.flags.fields === undefined;
  if (options.hours === true && people && !context.quiet) {
    await context.list(stats.hours, hourView);
    if (stats.hours.length === 0) context.notice('nobody asked for it');
    return;
  }
  const { hours: _, from: _from, to: _to, last_evaluated_at: last, ...figures } = stats;
  await printStats(context, people ? figures : stats, flagStatsView as View);
  if (people) context.notice(last === null ? 'nobody asked for it' : `last asked for ${relative(last, '-')}`);
}

const countsOf = (counts: unknown): string =>
  Object.entries((counts ?? {}) as Record<string, number>)
    .map(([name, count]) => `${name} ${grouped(count)}`)
    .join(', ');

interface Stale extends Record<string, unknown> {
  reason: string;
  last_evaluated_at: string | null;
  flag: Entry;
}

const staleView: View<Stale> = {
  fields: ['reason', 'last_evaluated_at', 'flag'],
  columns: [
    column('FLAG', 'flag.key'),
    column('REASON', 'reason'),
    { title: 'LAST ASKED FOR', value: ({ last_evaluated_at }) => relative(last_evaluated_at, 'never') },
    { title: 'CHANGED', value: ({ flag }) => `${age(flag.updated_at)} ago` },
    column('OWNER', 'flag.owner'),
  ],
  name: ({ flag }) => String(flag.key),
};

export const staleLeaf: LeafSpec = {
  name: 'stale',
  summary: 'List feature flags that nobody may need any more',
  description: 'expired; unused: nobody has asked for it; fully_on, fully_off: everybody is answered alike.',
  options: [
    { flags: '--days <n>', summary: 'without a change for so long (default 30)', common: true },
    ...PAGE_OPTIONS.filter(({ flags }) => !flags.startsWith('--sort')),
  ],
  examples: [{ cmd: 'feature-flag stale' }, { cmd: 'feature-flag stale --days 90 -o name' }],
  effect: 'reads',
  view: staleView,
  operations: ['GET /api/v1/features/stale'],
  run: (context, { options }) =>
    printPages<Stale>(context, {
      path: pathOf(featureFlagWords, 'stale'),
      query: {
        days: options.days === undefined ? undefined : parseCount(String(options.days), '--days', 1, MOST_DAYS),
      },
      wish: pageWish(options),
      view: staleView,
      uncounted: true,
      none: 'no stale flags',
    }),
};
