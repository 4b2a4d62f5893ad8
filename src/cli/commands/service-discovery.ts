import { pathOf } from '../kinds/kind-request.js';
import { serviceWords } from '../kinds/service.words.js';
import type { View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { questionFor } from './batch-answer.js';
import { printStats } from './stats.js';

type State = Record<string, unknown>;

const stateView: View<State> = {
  fields: ['services', 'instances', 'watchers', 'snapshot_age_ms', 'listening_since', 'guard'],
  columns: [],
  name: (state) => String(state.services ?? ''),
};

const statusLeaf: LeafSpec = {
  name: 'status',
  summary: 'Show how discovery is doing: instances by state, and whether silent ones are kept',
  description: 'When most of all instances fall silent at once, the fault is rather on the way: the guard keeps them.',
  examples: [{ cmd: 'service discovery status' }],
  effect: 'reads',
  view: stateView,
  operations: ['GET /api/v1/services/discovery'],
  async run(context) {
    const client = await context.client();
    const state = await client.json<State>({ method: 'GET', path: pathOf(serviceWords, 'discovery') });
    await printStats(context, state, stateView);
    const { active, until } = (state.guard ?? {}) as { active?: boolean; until?: string };
    if (active === true) {
      context.notice(
        `silent instances are kept until ${until}; ${context.program} service discovery release gives them up`,
      );
    }
  },
};

const releaseLeaf: LeafSpec = {
  name: 'release',
  summary: 'Give up silent instances now, though most of all are silent',
  examples: [{ cmd: 'service discovery release --yes' }],
  effect: 'deletes',
  view: stateView,
  operations: ['POST /api/v1/services/discovery/guard/release'],
  async run(context) {
    if (!context.dryRun) await context.confirm(questionFor(context, 'Give up all silent instances'));
    const answer = await context.send({ method: 'POST', path: pathOf(serviceWords, 'discovery', 'guard', 'release') });
    if (!answer) return;
    await context.changed('silent instances are kept no longer', answer.json<State>(), stateView);
  },
};

export const discoveryGroup: GroupSpec = {
  name: 'discovery',
  summary: 'See how discovery is doing',
  children: [statusLeaf, releaseLeaf],
};
