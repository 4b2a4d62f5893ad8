import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';
import { YES_OPTION } from '../spec/global-options.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { questionFor } from './batch-answer.js';

interface DataKey extends Record<string, unknown> {
  version: number;
}

interface SigningKeysRotated extends Record<string, unknown> {
  retired: number;
  withdrawn: boolean;
}

const GATEWAY = '/api/v1/gateway';

const dataKeyView: View<DataKey> = {
  fields: ['version', 'purpose', 'current', 'master_key_id', 'available', 'created_at', 'wrapped_at'],
  columns: [
    column('VERSION', 'version', { right: true }),
    column('PURPOSE', 'purpose'),
    { title: 'CURRENT', value: ({ current }) => (current ? 'yes' : 'no') },
    column('MASTER KEY', 'master_key_id'),
    { title: 'AVAILABLE', value: ({ available }) => (available ? 'yes' : 'no') },
    { title: 'AGE', value: ({ created_at }) => age(created_at), right: true },
  ],
  name: ({ version }) => String(version),
};

const rotatedView: View<DataKey> = {
  fields: ['version'],
  columns: [column('VERSION', 'version', { right: true })],
  name: ({ version }) => String(version),
};

const signingView: View<SigningKeysRotated> = {
  fields: ['retired', 'withdrawn'],
  columns: [column('RETIRED', 'retired', { right: true }), column('WITHDRAWN', 'withdrawn')],
  name: ({ retired }) => String(retired),
};

const dataListLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List the keys that secrets are sealed with, newest first',
  examples: [{ cmd: 'key data list' }],
  effect: 'reads',
  view: dataKeyView,
  operations: [`GET ${GATEWAY}/data-keys`],
  async run(context) {
    const client = await context.client();
    const keys = await client.json<DataKey[]>({ method: 'GET', path: `${GATEWAY}/data-keys` });
    await context.list(keys, dataKeyView);
    if (keys.length === 0) context.notice('nothing has been sealed yet');
  },
};

const dataRotateLeaf: LeafSpec = {
  name: 'rotate',
  summary: 'Seal secrets with a new key from now on, and move those sealed with older ones',
  description: 'Values of config have keys of their own: config rotate-keys.',
  examples: [{ cmd: 'key data rotate' }],
  effect: 'writes',
  view: rotatedView,
  operations: [`POST ${GATEWAY}/data-keys/rotate`],
  async run(context) {
    const made = (await context.send({ method: 'POST', path: `${GATEWAY}/data-keys/rotate` }))?.json<DataKey>();
    if (!made) return;
    await context.changed(
      `secrets are sealed with data key ${made.version}; older ones move to it within ten minutes or so`,
      made,
      rotatedView,
      `${context.program} key data list`,
    );
  },
};

const signingRotateLeaf: LeafSpec = {
  name: 'rotate',
  summary: 'Sign tokens with new keys from now on, on every replica',
  description:
    'Tokens that are out hold until their end. --withdraw is for a private key that got out: every token ends now, which\n' +
    'asks first.',
  options: [
    { flags: '--withdraw', summary: 'take the public keys back too: every token ends now', common: true },
    YES_OPTION,
  ],
  examples: [{ cmd: 'key signing rotate' }, { cmd: 'key signing rotate --withdraw --yes', note: 'one has got out' }],
  effect: 'writes',
  view: signingView,
  operations: [`POST ${GATEWAY}/signing-keys/rotate`],
  async run(context, { options }) {
    const withdraw = options.withdraw === true;
    if (withdraw && !context.dryRun) await context.confirm(questionFor(context, 'End every token that is out'));
    const request = { method: 'POST', path: `${GATEWAY}/signing-keys/rotate`, body: { withdraw } } as const;
    const done = (await context.send(request))?.json<SigningKeysRotated>();
    if (!done) return;
    const former = `${done.retired} ${done.retired === 1 ? 'key was' : 'keys were'}`;
    const what = done.withdrawn ? 'withdrawn: every token has ended' : 'retired: their tokens hold until they end';
    await context.changed(`tokens are signed with new keys; ${former} ${what}`, done, signingView);
  },
};

/** What the registry keeps secrets with: nobody signs in by these. */
export const keyDataCommand: GroupSpec = {
  name: 'data',
  summary: 'See and rotate the keys that secrets are sealed with',
  children: [dataListLeaf, dataRotateLeaf],
};

export const keySigningCommand: GroupSpec = {
  name: 'signing',
  summary: 'Rotate the keys that tokens are signed with; token keys lists the public ones',
  children: [signingRotateLeaf],
};
