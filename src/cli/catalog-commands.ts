import type { TopCommand } from './top-command.js';

const CATALOG = 'Catalog';

/** What keeps entries, relates them and says what became of them. */
export const CATALOG_COMMANDS: readonly TopCommand[] = [
  {
    name: 'list',
    aliases: ['ls'],
    summary: 'List entries, by type and feature',
    section: CATALOG,
    load: async () => (await import('./commands/list.js')).listCommand,
  },
  {
    name: 'get',
    summary: 'Show one entry',
    section: CATALOG,
    load: async () => (await import('./commands/get.js')).getCommand,
  },
  {
    name: 'create',
    summary: 'Register an entry',
    section: CATALOG,
    load: async () => (await import('./commands/create.js')).createCommand,
  },
  {
    name: 'update',
    summary: 'Change an entry',
    section: CATALOG,
    load: async () => (await import('./commands/update.js')).updateCommand,
  },
  {
    name: 'delete',
    aliases: ['rm'],
    summary: 'Delete entries',
    section: CATALOG,
    load: async () => (await import('./commands/delete.js')).deleteCommand,
  },
  {
    name: 'history',
    summary: 'Show every change of an entry, newest first: what, when and by whom',
    section: CATALOG,
    load: async () => (await import('./commands/history.js')).historyCommand,
  },
  {
    name: 'watch',
    summary: 'Show what happens in the registry, as it happens',
    section: CATALOG,
    load: async () => (await import('./commands/watch.js')).watchCommand,
  },
  {
    name: 'relationship',
    aliases: ['rel'],
    summary: 'Relate entries, and see what relates them',
    section: CATALOG,
    load: async () => (await import('./commands/relationship.js')).relationshipCommand,
  },
  {
    name: 'features',
    aliases: ['feature'],
    summary: 'List the feature categories, and keep your own',
    section: CATALOG,
    load: async () => (await import('./commands/features.js')).featuresCommand,
  },
  {
    name: 'classification',
    summary: 'Keep the rules that give entries their feature category, and try them',
    section: CATALOG,
    load: async () => (await import('./commands/classification.js')).classificationCommand,
  },
];
