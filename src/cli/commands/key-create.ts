import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import type { LeafSpec, OptionSpec } from '../spec/types.js';
import { keyMadeView, type ApiKeyMade } from '../views/key-view.js';
import { KEYS_PATH } from './find-key.js';
import { KEY_OPTIONS, keySettings } from './key-settings.js';
import { PERMISSION_OPTION, permissionList } from './permission-options.js';
import { assertShows, keptIn, secretFile } from './secret-output.js';

export const KEY_TYPES = ['api_key', 'service_key', 'admin_key'] as const;

export const TO_OPTION: OptionSpec = {
  flags: '--to <file>',
  summary: 'write the key into this file, readable by you only, and do not show it',
  common: true,
};

export const keyCreateCommand: LeafSpec = {
  name: 'create',
  summary: 'Make an API key, which is shown once',
  description:
    'It can be given what you hold yourself, by permission, by role or both. Only an admin key can hold admin:… or *.\n' +
    'The key is shown now and never again: put it where secrets are kept, or have it written by --to.',
  options: [
    ...KEY_OPTIONS.slice(0, 1),
    { flags: '--type <type>', summary: `${KEY_TYPES.join(', ')} (default api_key)`, choices: KEY_TYPES, common: true },
    PERMISSION_OPTION,
    ...KEY_OPTIONS.slice(1),
    TO_OPTION,
  ],
  examples: [
    {
      cmd: 'key create --name ci --permission write:entities --role viewer --expires 30d --allow-ip 10.0.0.0/8,127.0.0.1 --rate 1000/1h',
    },
    { cmd: 'key create --name deploy --type service_key --role developer --to deploy.key' },
    { cmd: "key create --name ci --role viewer -o template='{{key}}' | vault-write", norun: 'needs your secret store' },
  ],
  effect: 'writes',
  view: keyMadeView,
  operations: ['POST /api/v1/gateway/keys'],
  async run(context, { options }) {
    const body = { type: 'api_key', ...(await keySettings(options, context.terminal.stdin)) } as Record<
      string,
      unknown
    >;
    if (options.type !== undefined) body.type = options.type;
    const permissions = permissionList(options.permission);
    if (permissions) body.permissions = permissions;
    if (body.name === undefined) throw usageError('a key needs a --name', { reason: 'what or whom is it for?' });
    const to = options.to as string | undefined;
    await showNewKey(context, to, {
      ask: async () => (await context.send({ method: 'POST', path: KEYS_PATH, body }))?.json<ApiKeyMade>(),
      sentence: (made) => `created key ${made.name} ${made.id}`,
    });
  },
};

export interface NewKey {
  /** Answers the key, or undefined under `--dry-run`. */
  ask: () => Promise<ApiKeyMade | undefined>;
  sentence: (made: ApiKeyMade) => string;
}

/** Has a key made and shows it the only time it can be shown, or keeps it in a file. */
export async function showNewKey(
  context: CommandContext,
  to: string | undefined,
  { ask, sentence }: NewKey,
): Promise<ApiKeyMade | undefined> {
  if (context.dryRun) return ask();
  assertShows(context, keyMadeView, to === undefined ? 'key' : undefined);
  const file = to === undefined ? undefined : secretFile(to);
  const made = await ask().catch((error: unknown) => {
    file?.drop();
    throw error;
  });
  if (!made) return undefined;
  if (file && to !== undefined && keptIn(context, file, to, made.key)) {
    const { key: _, ...shown } = made;
    const answer = { ...shown, key_file: to } as unknown as ApiKeyMade;
    await context.changed(`${sentence(made)}, written to ${to}`, answer, keyMadeView);
    return made;
  }
  await context.changed(sentence(made), made, keyMadeView);
  if (context.speaks) await context.write(`${made.key}\n`);
  context.notice('warning: this key is shown once and never again; keep it where secrets are kept');
  return made;
}
