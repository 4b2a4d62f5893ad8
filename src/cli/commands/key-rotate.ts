import { parseSeconds } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import type { CommandContext } from '../core/context.js';
import { relative } from '../output/time.js';
import { YES_OPTION } from '../spec/global-options.js';
import type { LeafSpec } from '../spec/types.js';
import { keyEnds, keyMadeView, type ApiKey, type ApiKeyMade } from '../views/key-view.js';
import { questionFor } from './batch-answer.js';
import { findKey, keyPath } from './find-key.js';
import { showNewKey, TO_OPTION } from './key-create.js';
import { expiry } from './key-settings.js';

const LONGEST_GRACE_SECONDS = 2_592_000;

export const keyRotateCommand: LeafSpec = {
  name: 'rotate',
  summary: 'Put a new key in the place of another one',
  description:
    'The new key may do what the old one may and is shown once; the old one works on until the grace ends.\n' +
    'With --complete the old one of a rotation ends now. What ends a key at once asks first: --complete, --grace 0.',
  arguments: [{ name: 'key', summary: 'id or name of the key', required: true, completes: 'key' }],
  options: [
    { flags: '--grace <duration>', summary: 'how long the old key works on (default 1d, at most 30d)', common: true },
    { flags: '--complete', summary: 'end the old key of a running rotation now', common: true },
    { flags: '--expires <time>', summary: 'when the new key ends, or never (default: as the old one)' },
    TO_OPTION,
    { flags: '--if-match <revision>', summary: 'only if the key is still at this revision' },
    YES_OPTION,
  ],
  examples: [
    { cmd: 'key rotate ci --grace 24h' },
    { cmd: 'key rotate ci --complete --yes', note: 'when nobody uses the old one' },
    { cmd: 'key rotate deploy --expires 90d --to deploy.key' },
  ],
  effect: 'writes',
  view: keyMadeView,
  operations: ['POST /api/v1/gateway/keys/{id}/rotate', 'POST /api/v1/gateway/keys/{id}/rotate/complete'],
  async run(context, { args, options }) {
    if (options.complete === true) return complete(context, String(args[0]), options);
    const grace =
      options.grace === undefined
        ? undefined
        : parseSeconds(String(options.grace), '--grace', 0, LONGEST_GRACE_SECONDS);
    const expires = options.expires === undefined ? undefined : expiry(options.expires);
    if (grace === 0) context.assertMayConfirm();
    const former = await findKey(context, String(args[0]));
    if (grace === 0 && !context.dryRun)
      await context.confirm(
        questionFor(context, `Rotate key ${former.name} (${keyEnds(former)}), which then ends at once`),
      );
    const body = {
      ...(grace !== undefined && { grace_period_seconds: grace }),
      ...(expires !== undefined && { expires_at: expires }),
    };
    const request = { method: 'POST', path: `${keyPath(former)}/rotate`, body } as const;
    const made = await showNewKey(context, options.to as string | undefined, {
      ask: async () =>
        (await context.send({ ...request, ifMatch: options.ifMatch as string | undefined }))?.json<ApiKeyMade>(),
      sentence: (key) => `rotated key ${key.name}: ${formerEnd(key)}; the new one is ${key.id}`,
    });
    if (made) await remindOfProfile(context, former);
  },
};

function formerEnd({ former_expires_at: end }: ApiKeyMade): string {
  const over = end === undefined || Date.parse(end) <= Date.now();
  return over ? 'the old one has ended' : `the old one works until ${end} (${relative(end, '')})`;
}

async function complete(context: CommandContext, text: string, options: Record<string, unknown>): Promise<void> {
  const other = ['grace', 'expires', 'to', 'ifMatch'].find((name) => options[name] !== undefined);
  if (other !== undefined)
    throw usageError('--complete ends the old key of a rotation and takes none of the flags that begin one');
  context.assertMayConfirm();
  const key = await findKey(context, text);
  if (!context.dryRun)
    await context.confirm(questionFor(context, `End the old key in whose place ${key.name} (${keyEnds(key)}) stands`));
  const answer = await context.send({ method: 'POST', path: `${keyPath(key)}/rotate/complete` });
  if (!answer) return;
  const left = answer.json<ApiKey>();
  await context.changed(
    `the rotation of key ${left.name} is complete: the old key has ended ${left.id}`,
    left,
    keyMadeView as never,
  );
}

/** The profile goes on with the key that is about to end, and would be locked out. */
async function remindOfProfile(context: CommandContext, former: ApiKey): Promise<void> {
  const { value, source } = await context.key();
  const same = value !== undefined && value.startsWith(former.prefix) && value.endsWith(former.last_four);
  if (!same || !source.startsWith('profile ')) return;
  const profile = source.slice('profile '.length);
  context.notice(
    `${source} uses the old key; sign in with the new one: ${context.program} login --as ${profile} --token-stdin`,
  );
}
