import { parseCount } from '../core/duration.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { printStats } from './stats.js';

interface IndexStats extends Record<string, unknown> {
  text: { entries: number };
}

const indexView: View<IndexStats> = {
  fields: ['text', 'vocabulary', 'vectors', 'recall', 'reindex'],
  columns: [],
  name: ({ text }) => String(text.entries),
};

const statsCommand: LeafSpec = {
  name: 'stats',
  summary: 'Show how large and how true the indexes are',
  options: [
    {
      flags: '--sample <n>',
      summary: 'judge the vector index now, by the neighbours of so many entries (at most 100)',
      common: true,
    },
  ],
  examples: [{ cmd: 'index stats' }, { cmd: 'index stats --sample 20 -o json' }],
  effect: 'reads',
  view: indexView,
  operations: ['GET /api/v1/search/stats'],
  async run(context, { options }) {
    const client = await context.client();
    const stats = await client.json<IndexStats>({
      method: 'GET',
      path: '/api/v1/search/stats',
      query: {
        sample: options.sample === undefined ? undefined : parseCount(String(options.sample), '--sample', 1, 100),
      },
    });
    await printStats(context, stats, indexView);
  },
};

interface Reindex extends Record<string, unknown> {
  asked_at: string;
}

const reindexView: View<Reindex> = {
  fields: ['asked_at', 'done_at', 'changed'],
  columns: [column('ASKED', 'asked_at'), column('DONE', 'done_at'), column('CHANGED', 'changed', { right: true })],
  name: (reindex) => reindex.asked_at,
};

const rebuildCommand: LeafSpec = {
  name: 'rebuild',
  aliases: ['add'],
  summary: 'Make every index true again, in the background',
  description: 'Texts, statistics, vocabulary and vectors are looked through; what is right is left alone.',
  examples: [{ cmd: 'index rebuild' }],
  effect: 'writes',
  view: reindexView,
  operations: ['POST /api/v1/search/reindex'],
  async run(context) {
    const answer = await context.send({ method: 'POST', path: '/api/v1/search/reindex' });
    if (!answer) return;
    await context.changed('asked for; see index stats', answer.json<Reindex>(), reindexView);
  },
};

export const indexCommand: GroupSpec = {
  name: 'index',
  summary: 'Look at the indexes of search, and make them true again',
  children: [statsCommand, rebuildCommand],
};
