import {
  assertProfileName,
  readUserConfig,
  userConfigPath,
  writeUserConfig,
  type Profile,
  type UserConfig,
} from '../core/config-file.js';
import type { CommandContext } from '../core/context.js';
import { parseCount, parseDuration } from '../core/duration.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { DEFAULT_SERVER, parseServer } from '../core/settings.js';
import { parseFormat } from '../output/format.js';
import { column, type View } from '../output/view.js';
import type { ArgumentSpec, GroupSpec, LeafSpec } from '../spec/types.js';
import { masked } from './identity.js';

interface ProfileRow extends Record<string, unknown> {
  name: string;
  current: boolean;
  server: string;
  key: string | null;
}

const profileView: View<ProfileRow> = {
  fields: ['name', 'current', 'server', 'key', 'output', 'timeout', 'retries'],
  columns: [
    { title: 'CURRENT', value: (row) => (row.current ? '*' : '') },
    column('NAME', 'name'),
    column('SERVER', 'server'),
    column('KEY', 'key'),
  ],
  name: (row) => row.name,
};

const NAME: ArgumentSpec = { name: 'name', summary: 'name of the profile', required: true, completes: 'profile' };

const addCommand: LeafSpec = {
  name: 'add',
  aliases: ['set'],
  summary: 'Save or change a profile',
  description:
    'Takes --server, --output, --timeout and --retries; the first profile made is the one in use. Keys: "login --as <name>".',
  arguments: [NAME],
  examples: [
    { cmd: 'profile add local --server http://127.0.0.1:8080' },
    { cmd: 'profile add prod --server https://registry.example.com -o wide --dry-run' },
  ],
  effect: 'local-writes',
  view: profileView,
  async run(context, { args }) {
    const name = String(args[0]);
    assertProfileName(name);
    const { path, config } = open(context);
    const before: Profile = config.profiles[name] ?? {};
    const { server, api, output, timeout, retries } = context.flags;
    const address = server ?? api;
    const profile: Profile = {
      ...before,
      server:
        address === undefined
          ? (before.server ?? DEFAULT_SERVER)
          : parseServer(address, '--server').href.replace(/\/$/, ''),
    };
    if (output !== undefined)
      profile.output = parseFormat(output).name === 'template' ? output : parseFormat(output).name;
    if (timeout !== undefined && parseDuration(timeout, '--timeout') > 0) profile.timeout = timeout;
    if (retries !== undefined) profile.retries = parseCount(retries, '--retries', 0, 10);
    // A key belongs to the server it was given for.
    const moved =
      before.key !== undefined &&
      parseServer(profile.server ?? '', 'profile').origin !==
        parseServer(before.server ?? DEFAULT_SERVER, 'profile').origin;
    if (moved) delete profile.key;
    config.profiles[name] = profile;
    config.current ??= name;
    if (!context.dryRun) writeUserConfig(path, config);
    const said = `${context.dryRun ? 'would save' : 'saved'} profile ${name} for ${profile.server}${moved ? '; its key was for another server and is forgotten' : ''}`;
    await context.say(said, { ...rowOf(name, config), ...(context.dryRun ? { dry_run: true } : {}) });
  },
};

const useCommand: LeafSpec = {
  name: 'use',
  summary: 'Choose the profile used from now on',
  arguments: [NAME],
  examples: [{ cmd: 'profile use local' }],
  effect: 'local-writes',
  async run(context, { args }) {
    const name = String(args[0]);
    const { path, config } = open(context);
    assertKnown(config, name, context);
    config.current = name;
    if (!context.dryRun) writeUserConfig(path, config);
    await context.say(`${context.dryRun ? 'would use' : 'using'} profile ${name}`, { ...rowOf(name, config) });
  },
};

const listCommand: LeafSpec = {
  name: 'list',
  summary: 'List the profiles',
  examples: [{ cmd: 'profile list' }],
  effect: 'local',
  view: profileView,
  async run(context) {
    const { config } = open(context);
    const rows = Object.keys(config.profiles).map((name) => rowOf(name, config));
    await context.list(rows, profileView);
    if (rows.length === 0)
      context.notice(`no profiles yet; make one: ${context.program} profile add <name> --server <url>`);
  },
};

const showCommand: LeafSpec = {
  name: 'show',
  summary: 'Show one profile',
  arguments: [{ ...NAME, required: false, summary: 'name of the profile (default: the one in use)' }],
  examples: [{ cmd: 'profile show local' }],
  effect: 'local',
  view: profileView,
  async run(context, { args }) {
    const { config } = open(context);
    const name = (args[0] as string | undefined) ?? context.flags.profile ?? config.current ?? 'default';
    assertKnown(config, name, context);
    await context.one(rowOf(name, config), profileView);
  },
};

const removeCommand: LeafSpec = {
  name: 'remove',
  aliases: ['rm'],
  summary: 'Forget a profile and its key',
  arguments: [NAME],
  examples: [{ cmd: 'profile remove local' }],
  effect: 'local-writes',
  async run(context, { args }) {
    const name = String(args[0]);
    const { path, config } = open(context);
    assertKnown(config, name, context);
    const row = rowOf(name, config);
    delete config.profiles[name];
    if (config.current === name) delete config.current;
    if (!context.dryRun) writeUserConfig(path, config);
    await context.say(`${context.dryRun ? 'would remove' : 'removed'} profile ${name}`, row);
  },
};

export const profileCommand: GroupSpec = {
  name: 'profile',
  summary: 'Keep servers and keys under names',
  children: [addCommand, useCommand, listCommand, showCommand, removeCommand],
};

function open(context: CommandContext): { path: string; config: UserConfig } {
  const path = userConfigPath(context.terminal.env);
  return { path, config: readUserConfig(path) };
}

function rowOf(name: string, config: UserConfig): ProfileRow {
  const profile = config.profiles[name] ?? {};
  return {
    name,
    current: config.current === name,
    server: profile.server ?? DEFAULT_SERVER,
    key: profile.key === undefined ? null : masked(profile.key),
    output: profile.output ?? null,
    timeout: profile.timeout ?? null,
    retries: profile.retries ?? null,
  };
}

function assertKnown(config: UserConfig, name: string, context: CommandContext): void {
  if (config.profiles[name]) return;
  const known = Object.keys(config.profiles);
  throw new CliError('cli.no_such_profile', `no profile ${JSON.stringify(name)}`, {
    exitCode: ExitCode.notFound,
    reason: known.length > 0 ? `there are: ${known.join(', ')}` : 'no profile has been made yet',
    next: `${context.program} profile add ${name} --server <url>`,
  });
}
