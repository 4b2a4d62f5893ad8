import { usageError } from '../core/errors.js';
import type { LeafSpec } from '../spec/types.js';
import { keyView, type ApiKey } from '../views/key-view.js';
import { findKey, keyPath } from './find-key.js';
import { KEY_OPTIONS, keySettings, unsetKeyField } from './key-settings.js';
import { changedPermissions, PERMISSION_CHANGES } from './permission-options.js';

export const keyUpdateCommand: LeafSpec = {
  name: 'update',
  aliases: ['set'],
  summary: 'Change what an API key may do, in force at once',
  description: 'What is not named stays as it is. Addresses are replaced as a whole.',
  arguments: [{ name: 'key', summary: 'id or name of the key', required: true, completes: 'key' }],
  options: [
    ...KEY_OPTIONS,
    ...PERMISSION_CHANGES,
    { flags: '--unset <field>', summary: 'empty a field, e.g. role, rate_limit or metadata.team', repeatable: true },
    { flags: '--if-match <revision>', summary: 'only if the key is still at this revision' },
  ],
  examples: [
    { cmd: 'key update ci --add-permission read:secrets --rate 50/s' },
    { cmd: 'key update ci --role developer --unset allowed_ips --dry-run' },
  ],
  effect: 'writes',
  view: keyView,
  operations: ['PATCH /api/v1/gateway/keys/{id}'],
  async run(context, { args, options }) {
    const body = await keySettings(options, context.terminal.stdin);
    for (const field of (options.unset as string[] | undefined) ?? []) unsetKeyField(body, field);
    const before = await findKey(context, String(args[0]));
    const permissions = changedPermissions(options, before.permissions);
    if (permissions) body.permissions = permissions;
    if (Object.keys(body).length === 0)
      throw usageError('nothing to change', {
        reason: 'give at least one setting, e.g. --role viewer or --expires 30d',
      });
    // What was read is what the new list of permissions is made from.
    const basis = permissions ? String(before.revision) : undefined;
    const answer = await context.send({
      method: 'PATCH',
      path: keyPath(before),
      body,
      contentType: 'application/merge-patch+json',
      ifMatch: (options.ifMatch as string | undefined) ?? basis,
    });
    if (!answer) return;
    const key = answer.json<ApiKey>();
    await context.changed(`updated key ${key.name} to revision ${key.revision} ${key.id}`, key, keyView);
  },
};
