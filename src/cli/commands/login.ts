import type { CommandContext } from '../core/context.js';
import { assertProfileName, readUserConfig, writeUserConfig } from '../core/config-file.js';
import { usageError } from '../core/errors.js';
import { cleanKey } from '../core/settings.js';
import type { LeafSpec } from '../spec/types.js';
import { masked, whoami } from './identity.js';

export const loginCommand: LeafSpec = {
  name: 'login',
  summary: 'Check a key and keep it in a profile',
  description:
    'The key comes from --token-file, --token-stdin, --key, UREG_TOKEN, the data folder of a registry on this machine,\n' +
    'or is asked for without showing it. It is kept in the user config file, readable by you only.',
  options: [
    {
      flags: '--as <profile>',
      summary: 'profile to keep it in (default: the one in use, else "default")',
      common: true,
    },
  ],
  examples: [
    { cmd: 'login', note: 'asks for the key' },
    { cmd: 'login --server https://registry.example.com --as prod', norun: 'needs that server' },
    { cmd: 'login --token-stdin < key.txt', norun: 'needs a file of yours' },
  ],
  effect: 'local-writes',
  operations: ['GET /api/v1/gateway/whoami'],
  async run(context, { options }) {
    const { settings } = context;
    const name = (options.as as string | undefined) ?? settings.profileName.value ?? 'default';
    assertProfileName(name);
    const key = await keyToKeep(context);
    const server = settings.server.value.href.replace(/\/$/, '');
    if (context.dryRun) {
      return context.say(
        `would keep the key ${masked(key)} for ${server} in profile ${name} (${settings.configPath})`,
        {
          dry_run: true,
          profile: name,
          server,
          key: masked(key),
          path: settings.configPath,
        },
      );
    }
    const client = context.clientWith(key);
    const who = await whoami(client).finally(() => client.close());
    const config = readUserConfig(settings.configPath);
    config.profiles[name] = { ...config.profiles[name], server, key };
    config.current ??= name;
    writeUserConfig(settings.configPath, config);
    await context.say(`signed in to ${server} as ${who.name ?? who.id ?? 'unknown'} (profile ${name})`, {
      profile: name,
      server,
      identity: who,
    });
  },
};

async function keyToKeep(context: CommandContext): Promise<string> {
  const found = await context.key();
  const given = found.value !== undefined && !found.source.startsWith('profile ');
  if (given && found.value) return found.value;
  if (!context.mayPrompt) {
    throw usageError('no key to sign in with', {
      reason: 'give --token-file, --token-stdin or --key, or set UREG_TOKEN',
      next: `${context.program} login --token-stdin < key.txt`,
    });
  }
  return cleanKey(await context.secret(`Key for ${context.settings.server.value.host}`), 'the key');
}
