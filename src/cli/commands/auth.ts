import { readUserConfig, writeUserConfig } from '../core/config-file.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { loginCommand, masked, type Whoami } from './login.js';

const statusCommand: LeafSpec = {
  name: 'status',
  summary: 'Say who you are to the registry, and where the key comes from',
  description: 'Exit code 0 when signed in, 4 when not.',
  examples: [{ cmd: 'auth status' }, { cmd: 'auth status -o json' }],
  effect: 'reads',
  operations: ['GET /api/v1/gateway/whoami'],
  async run(context) {
    const key = await context.key();
    const { server } = context.settings;
    if (key.value === undefined) {
      throw new CliError('cli.not_signed_in', `no key for ${server.value.host} (server from ${server.source})`, {
        exitCode: ExitCode.auth,
        next: `${context.program} login   (or set UREG_TOKEN)`,
      });
    }
    const client = await context.client();
    const who = await client.json<Whoami>({ method: 'GET', path: '/api/v1/gateway/whoami' });
    const text = [
      `server:       ${client.server}  (from ${server.source})`,
      `key:          ${masked(key.value)}  (from ${key.source})`,
      `name:         ${who.name ?? '-'}`,
      `type:         ${who.type ?? '-'}`,
      `permissions:  ${who.permissions?.join(', ') ?? '-'}`,
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

const logoutCommand: LeafSpec = {
  name: 'logout',
  summary: 'Forget the key of a profile',
  arguments: [{ name: 'profile', summary: 'profile (default: the one in use)' }],
  examples: [{ cmd: 'auth logout', norun: 'needs a profile with a key' }],
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
    logoutCommand,
  ],
};
