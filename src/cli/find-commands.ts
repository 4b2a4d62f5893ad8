import type { TopCommand } from './top-command.js';

const FIND = 'Find and walk';

/** What looks for entries, follows their relationships and reads texts. */
export const FIND_COMMANDS: readonly TopCommand[] = [
  {
    name: 'search',
    summary: 'Find entries by what they are about',
    section: FIND,
    load: async () => (await import('./commands/search.js')).searchCommand,
  },
  {
    name: 'suggest',
    summary: 'Complete what is being typed',
    section: FIND,
    load: async () => (await import('./commands/search-aids.js')).suggestCommand,
  },
  {
    name: 'related',
    summary: 'Show what has to do with an entry, and why',
    section: FIND,
    load: async () => (await import('./commands/search-aids.js')).relatedCommand,
  },
  {
    name: 'facets',
    summary: 'Count what a search finds by type, status and tag',
    section: FIND,
    load: async () => (await import('./commands/search-aids.js')).facetsCommand,
  },
  {
    name: 'trending',
    summary: 'Show what is searched and read most',
    section: FIND,
    load: async () => (await import('./commands/search-aids.js')).trendingCommand,
  },
  {
    name: 'index',
    summary: 'Look at the indexes of search, and make them true again',
    section: FIND,
    load: async () => (await import('./commands/search-index.js')).indexCommand,
  },
  {
    name: 'graph',
    summary: 'Walk the relationships of an entry',
    section: FIND,
    load: async () => (await import('./commands/graph.js')).graphCommand,
  },
  {
    name: 'ai',
    summary: 'Say what a text is, names and says in short; suggest tags',
    section: FIND,
    load: async () => (await import('./commands/ai.js')).aiCommand,
  },
  {
    name: 'stats',
    summary: 'Count what the registry holds',
    section: FIND,
    load: async () => (await import('./commands/stats.js')).statsCommand,
  },
];
