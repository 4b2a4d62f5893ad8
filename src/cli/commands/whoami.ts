import type { View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { masked, signedIn } from './identity.js';

const whoamiView: View = {
  fields: [
    'id',
    'type',
    'name',
    'credential',
    'permissions',
    'roles',
    'expires_at',
    'server',
    'profile',
    'key',
    'key_source',
  ],
  columns: [],
  name: (row) => String(row.name ?? row.id ?? ''),
};

export const whoamiCommand: LeafSpec = {
  name: 'whoami',
  summary: 'Say whose key this is, what it may do and until when',
  description: 'Exit code 0 when signed in, 4 when not. -q prints the id alone.',
  examples: [{ cmd: 'whoami' }, { cmd: 'whoami --json=name,roles,permissions,expires_at' }],
  effect: 'reads',
  view: whoamiView,
  operations: ['GET /api/v1/gateway/whoami'],
  async run(context) {
    const { key, client, who } = await signedIn(context);
    const row: Record<string, unknown> = {
      ...who,
      server: client.server,
      profile: context.settings.profileName.value ?? null,
      key: masked(key.value),
      key_source: key.source,
    };
    // "never" is an answer, and a person would miss it where there is none.
    const forPeople = ['table', 'wide'].includes(context.format.name) && context.flags.fields === undefined;
    await context.one(forPeople ? { ...row, expires_at: who.expires_at ?? 'never' } : row, whoamiView);
  },
};
