import { idArgument, pathOf } from '../kinds/kind-request.js';
import { registryWords } from '../kinds/registry.words.js';
import { parseCount } from '../core/duration.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';

type Sync = Record<string, unknown>;

const REGISTRY = idArgument(registryWords);

const syncView: View<Sync> = {
  fields: ['id', 'state', 'mode', 'requested_by', 'requested_at', 'detail'],
  columns: [
    column('AT', 'requested_at'),
    column('STATE', 'state', { state: true }),
    column('MODE', 'mode'),
    column('REQUESTED BY', 'requested_by'),
    column('ID', 'id', { wide: true }),
  ],
  name: (sync) => String(sync.id ?? ''),
};

const startLeaf: LeafSpec = {
  name: 'start',
  summary: 'Ask for a registry to be synchronised now',
  arguments: [REGISTRY],
  examples: [{ cmd: 'registry sync reg_shop' }],
  effect: 'writes',
  view: syncView,
  operations: ['POST /api/v1/registries/{id}/sync'],
  async run(context, { args }) {
    const id = String(args[0]);
    const answer = await context.send({ method: 'POST', path: pathOf(registryWords, id, 'sync') });
    if (!answer) return;
    const sync = answer.json<Sync>();
    await context.changed(`recorded for ${id}: ${String(sync.detail ?? sync.state)}`, sync, syncView);
  },
};

const statusLeaf: LeafSpec = {
  name: 'status',
  summary: 'List the synchronisations asked of a registry, newest first',
  arguments: [REGISTRY],
  options: [{ flags: '--limit <n>', summary: 'at most so many (default 50)', common: true }],
  examples: [{ cmd: 'registry sync status reg_shop' }],
  effect: 'reads',
  view: syncView,
  operations: ['GET /api/v1/registries/{id}/sync'],
  async run(context, { args, options }) {
    const client = await context.client();
    const runs = await client.json<Sync[]>({
      method: 'GET',
      path: pathOf(registryWords, String(args[0]), 'sync'),
      query: { limit: options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, 1000) },
    });
    await context.list(runs, syncView);
    if (runs.length === 0) context.notice('never asked for');
  },
};

export const syncGroup: GroupSpec = {
  name: 'sync',
  summary: 'Ask for a registry to be synchronised, and see what was asked',
  fallback: 'start',
  children: [startLeaf, statusLeaf],
};
