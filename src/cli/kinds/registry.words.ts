import { column } from '../output/view.js';
import { numberOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

const LEVELS = ['root', 'domain', 'project', 'environment', 'tenant'] as const;
const SYNC_MODES = ['pull', 'push', 'bidirectional', 'mirror'] as const;

export const registryWords: KindWords = {
  name: 'registry',
  path: 'registries',
  one: 'a registry',
  summary: 'Keep registries below this one, and what is in them',
  description: 'A registry is named by its id, its key (reg_shop) or its name (shop).',
  fields: ['level', 'parent_id', 'parent_key', 'url', 'sync_mode', 'sync_interval', 'filters'],
  columns: [
    column('LEVEL', 'level'),
    column('PARENT', 'parent_key'),
    column('SYNC', 'sync_mode'),
    column('URL', 'url', { wide: true }),
  ],
  flags: [
    {
      flags: '--level <level>',
      field: 'level',
      summary: `${LEVELS.join(', ')}; below that of its parent`,
      choices: LEVELS,
      common: true,
      asked: { question: 'On which level is it?', unless: ['file', 'data'] },
    },
    { flags: '--parent <registry>', field: 'parent_id', summary: 'the registry above it', common: true },
    { flags: '--url <url>', field: 'url', summary: 'where another instance answers', common: true },
    { flags: '--sync <mode>', field: 'sync_mode', summary: SYNC_MODES.join(', '), choices: SYNC_MODES },
    { flags: '--sync-interval <seconds>', field: 'sync_interval', summary: 'from one to the next', read: numberOf },
  ],
  filters: [{ flags: '--level <level>', summary: LEVELS.join(', '), common: true }],
  verbs: [
    { name: 'disable', summary: 'Disable a registry' },
    { name: 'enable', summary: 'Enable a disabled registry' },
  ],
  sample: {
    id: 'reg_shop',
    create: 'registry create shop --level project --tag shop',
    update: 'registry update reg_shop --title "The shop" --owner shop',
  },
};
