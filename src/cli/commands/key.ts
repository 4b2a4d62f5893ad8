import { usageError } from '../core/errors.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { keyView } from '../views/key-view.js';
import { findKey, KEYS_PATH } from './find-key.js';
import { KEY_TYPES, keyCreateCommand } from './key-create.js';
import { keyDataCommand, keySigningCommand } from './key-material.js';
import { keyLeakedCommand } from './key-leaked.js';
import { keyRevokeCommand } from './key-revoke.js';
import { keyRotateCommand } from './key-rotate.js';
import { keyUpdateCommand } from './key-update.js';
import { keyUsageCommand } from './key-usage.js';
import { PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';

const KEY_STATES = ['active', 'expired', 'revoked'] as const;

const listCommand: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List API keys, newest first, with their last use and their end',
  description: 'A key in state "replaced" works on until the grace of its rotation ends.',
  options: [
    {
      flags: '--type <type>',
      summary: `only keys of this type: ${KEY_TYPES.join(', ')}`,
      choices: KEY_TYPES,
      common: true,
    },
    { flags: '--state <state>', summary: 'active, expired or revoked', choices: KEY_STATES, common: true },
    { flags: '--name <text>', summary: 'only keys with this in their name', common: true },
    ...PAGE_OPTIONS,
  ],
  examples: [{ cmd: 'key list' }, { cmd: 'key list --state active --type service_key -o wide' }],
  effect: 'reads',
  view: keyView,
  operations: ['GET /api/v1/gateway/keys'],
  async run(context, { options }) {
    const query = {
      type: options.type as string | undefined,
      status: options.state as string | undefined,
      q: options.name as string | undefined,
    };
    if (query.q === '') throw usageError('--name is empty');
    await printPages(context, {
      path: KEYS_PATH,
      query,
      wish: pageWish(options),
      view: keyView,
      none: 'no keys match',
    });
  },
};

const getCommand: LeafSpec = {
  name: 'get',
  aliases: ['show'],
  summary: 'Show one API key: what it may do and how it is used',
  arguments: [{ name: 'key', summary: 'id or name of the key', required: true, completes: 'key' }],
  examples: [{ cmd: 'key get ci' }, { cmd: 'key get ci --json=id,status,last_used_at' }],
  effect: 'reads',
  view: keyView,
  operations: ['GET /api/v1/gateway/keys/{id}'],
  async run(context, { args }) {
    await context.one(await findKey(context, String(args[0])), keyView);
  },
};

export const keyCommand: GroupSpec = {
  name: 'key',
  summary: 'Make, list, rotate and revoke API keys',
  description:
    'A key is named by its id or its name. Where a name stands for several keys, the only one in force is meant;\n' +
    'when there are more of those, the id is asked for.',
  children: [
    listCommand,
    getCommand,
    keyCreateCommand,
    keyUpdateCommand,
    keyRotateCommand,
    keyRevokeCommand,
    keyUsageCommand,
    keyLeakedCommand,
    keySigningCommand,
    keyDataCommand,
  ],
};
