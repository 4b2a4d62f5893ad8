import { column } from '../output/view.js';
import { numberOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';
import { valueOf } from './typed-value.js';

export const VALUE_TYPES = ['string', 'integer', 'float', 'boolean', 'json', 'secret'] as const;
export const SCOPES = ['global', 'environment', 'service', 'user'] as const;

export const configWords: KindWords = {
  name: 'config',
  path: 'config',
  one: 'a value',
  summary: 'Keep values by scope, with their history, drafts and secrets',
  description:
    'A key (db.pool.size) has a value in each of several scopes; who asks gets the nearest: user, service, environment,\n' +
    'global. cfg_db.pool.size@environment:production, or --environment production, names the value of one scope.',
  fields: ['type', 'value', 'validation', 'default', 'encrypted', 'scope', 'scope_id', 'current_version'],
  columns: [
    column('TYPE', 'type'),
    column('VALUE', 'value'),
    column('VERSION', 'current_version', { right: true }),
    column('DEFAULT', 'default', { wide: true }),
  ],
  flags: [
    {
      flags: '--default <value>',
      field: 'default',
      summary: 'what a reset goes back to; may be JSON',
      common: true,
      read: valueOf,
    },
    { flags: '--min <n>', field: 'validation.min', summary: 'least number, or length of a text', read: numberOf },
    { flags: '--max <n>', field: 'validation.max', summary: 'greatest number, or length of a text', read: numberOf },
    {
      flags: '--allow <value>',
      field: 'validation.allowed',
      summary: 'one of the values it may have',
      repeatable: true,
      read: valueOf,
    },
    { flags: '--pattern <regex>', field: 'validation.pattern', summary: 'RE2 syntax, found anywhere in a text' },
    { flags: '--encrypted', field: 'encrypted', summary: 'stored encrypted; a secret always is' },
  ],
  filters: [
    { flags: '--type <type>', summary: VALUE_TYPES.join(', '), common: true },
    { flags: '--scope <scope>', summary: SCOPES.join(', '), common: true },
    { flags: '--scope-id <id>', summary: 'the environment, service or user; production/checkout' },
  ],
  verbs: [],
  stateless: true,
  sample: {
    id: 'cfg_db.pool.size',
    create: 'config set db.pool.size 20 --min 1 --max 100 --default 10',
    update: 'config update cfg_db.pool.size --owner shop --description "Connections to the shop database"',
  },
};
