import { readUserConfig, writeUserConfig } from '../core/config-file.js';
import { usageError } from '../core/errors.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { masked, signedIn } from './identity.js';
import { loginCommand } from './login.js';

const statusCommand: LeafSpec = {
  name: 'status',
  summary: 'Say who you are to the registry, and where the key comes from',
  description: 'Exit code 0 when signed in, 4 when not.',
  examples: [{ cmd: 'auth status' }, { cmd: 'auth status -o json' }],
  effect: 'reads',
  operations: ['GET /api/v1/gateway/whoami'],
  async run(context) {
    const { key, client, who } = await signedIn(context);
    const { server } = context.settings;
    const text = [
      `server:       ${client.server}  (from ${server.source})`,
      `key:          ${masked(key.value)}  (from ${key.source})`,
      `name:         ${who.name ?? '-'}`,
      `type:         ${who.type ?? '-'}`,
      `roles:        ${who.roles?.join(', ') || '-'}`,
      `permissions:  ${who.permissions?.join(', ') || '-'}`,
      `expires:      ${who.expires_at ?? 'never'}`,
    ].join('\n');
    await context.say(text, {
      server: client.server,
      server_source: server.source,
      key: masked(key.value),
      key_source: key.source,
      identity: who,
    });
  },
};

export const logoutCommand: LeafSpec = {
  name: 'logout',
  summary: 'Forget the key of a profile',
  arguments: [{ name: 'profile', summary: 'profile (default: the one in use)', completes: 'profile' }],
  examples: [{ cmd: 'logout', norun: 'needs a profile with a key' }],
  effect: 'local-writes',
  async run(context, { args }) {
    const { settings } = context;
    const name = (args[0] as string | undefined) ?? settings.profileName.value;
    const config = readUserConfig(settings.configPath);
    const profile = name === undefined ? undefined : config.profiles[name];
    if (name === undefined || !profile)
      throw usageError(name === undefined ? 'no profile is in use' : `no profile ${JSON.stringify(name)}`);
    const had = profile.key !== undefined;
    if (context.dryRun)
      return context.say(`would forget the key of profile ${name}`, { dry_run: true, profile: name, had_key: had });
    delete profile.key;
    writeUserConfig(settings.configPath, config);
    return context.say(had ? `forgot the key of profile ${name}` : `profile ${name} had no key`, {
      profile: name,
      had_key: had,
    });
  },
};

export const authCommand: GroupSpec = {
  name: 'auth',
  summary: 'Ask who you are, sign out',
  children: [
    statusCommand,
    { ...loginCommand, examples: [{ cmd: 'auth login', note: 'same as login', norun: 'asks for a key' }] },
    {
      ...logoutCommand,
      examples: [{ cmd: 'auth logout', note: 'same as logout', norun: 'needs a profile with a key' }],
    },
  ],
};
