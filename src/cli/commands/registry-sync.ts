import { idArgument, pathOf } from '../kinds/kind-request.js';
import { LATER } from '../kinds/kind-words.js';
import { registryWords } from '../kinds/registry.words.js';
import type { View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';

type Sync = Record<string, unknown>;

const REGISTRY = idArgument(registryWords);

const syncView: View<Sync> = {
  fields: ['id', 'status', 'mode', 'requested_at', 'started_at', 'finished_at', 'lag', 'runs', 'conflicts', 'detail'],
  columns: [],
  name: (sync) => String(sync.id ?? sync.status ?? ''),
};

const startLeaf: LeafSpec = {
  name: 'start',
  summary: 'Ask for a registry to be synchronised now',
  arguments: [REGISTRY],
  examples: [{ cmd: 'registry sync reg_shop', norun: LATER }],
  effect: 'writes',
  view: syncView,
  operations: ['POST /api/v1/registries/{id}/sync'],
  async run(context, { args }) {
    const id = String(args[0]);
    const answer = await context.send({ method: 'POST', path: pathOf(registryWords, id, 'sync') });
    if (!answer) return;
    const sync = answer.body.length > 0 ? answer.json<Sync>() : {};
    const what = sync.detail ?? sync.message ?? sync.status ?? 'requested';
    await context.changed(`synchronising ${id}: ${String(what)}`, sync, syncView);
  },
};

const statusLeaf: LeafSpec = {
  name: 'status',
  summary: 'Show the runs of a synchronisation, how far it is behind, and its conflicts',
  arguments: [REGISTRY],
  examples: [{ cmd: 'registry sync status reg_shop', norun: LATER }],
  effect: 'reads',
  view: syncView,
  operations: ['GET /api/v1/registries/{id}/sync'],
  async run(context, { args }) {
    const client = await context.client();
    const answer = await client.json<Sync | Sync[]>({
      method: 'GET',
      path: pathOf(registryWords, String(args[0]), 'sync'),
    });
    await context.one(Array.isArray(answer) ? { runs: answer } : answer, syncView);
  },
};

export const syncGroup: GroupSpec = {
  name: 'sync',
  summary: 'Have a registry synchronised, and see how that goes',
  fallback: 'start',
  children: [startLeaf, statusLeaf],
};
