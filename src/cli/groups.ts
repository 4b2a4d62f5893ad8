import { PLUGIN_MANAGER } from './aliases.js';
import { CATALOG_COMMANDS } from './catalog-commands.js';
import { FIND_COMMANDS } from './find-commands.js';
import type { TopCommand } from './top-command.js';

const KINDS = 'Component kinds';
const MOVE = 'Bring in and take out';
const ACCESS = 'Access and settings';
const GATEWAY = 'Keys and permissions';
const ANY = 'Everything else';

/** The only thing loaded at start: one command's module is imported when it is asked for. */
const TOP_COMMANDS: readonly TopCommand[] = [
  ...CATALOG_COMMANDS,
  {
    name: 'service',
    summary: 'Register, run, watch and discover services',
    section: KINDS,
    load: async () => (await import('./commands/service.js')).serviceCommand,
  },
  {
    name: 'engine',
    summary: 'Run engines, scale them and give them work',
    section: KINDS,
    load: async () => (await import('./commands/engine.js')).engineCommand,
  },
  {
    name: 'component',
    summary: 'Keep databases, caches, queues and other infrastructure',
    section: KINDS,
    load: async () => (await import('./commands/component.js')).componentCommand,
  },
  {
    name: 'registry',
    summary: 'Keep registries below this one, and what is in them',
    section: KINDS,
    load: async () => (await import('./commands/registry.js')).registryCommand,
  },
  {
    name: 'plugin',
    summary: 'Register, resolve, install and activate plugins',
    section: KINDS,
    load: async () => (await import('./commands/plugin.js')).pluginCommand,
  },
  {
    name: 'feature-flag',
    aliases: ['flag'],
    summary: 'Roll out, evaluate and explain feature flags',
    section: KINDS,
    load: async () => (await import('./commands/feature-flag.js')).featureFlagCommand,
  },
  {
    name: 'config',
    summary: 'Keep values by scope, with their history, drafts and secrets',
    section: KINDS,
    load: async () => (await import('./commands/config.js')).configCommand,
  },
  {
    name: 'grid',
    summary: 'Keep the nodes of the grid, and choose one for the next piece of work',
    section: KINDS,
    load: async () => (await import('./commands/grid.js')).gridCommand,
  },
  {
    name: 'mesh',
    summary: 'Route requests, split and break them, and see what became of them',
    section: KINDS,
    load: async () => (await import('./commands/mesh.js')).meshCommand,
  },
  ...FIND_COMMANDS,
  {
    name: 'import',
    summary: 'Import an export, or a Debian package index',
    section: MOVE,
    load: async () => (await import('./commands/import.js')).importCommand,
  },
  {
    name: 'export',
    summary: 'Write the catalog to a file',
    section: MOVE,
    load: async () => (await import('./commands/export.js')).exportCommand,
  },
  {
    name: 'backup',
    summary: 'Keep everything in a file, and check such a file',
    section: MOVE,
    load: async () => (await import('./commands/backup.js')).backupCommand,
  },
  {
    name: 'restore',
    summary: 'Restore a backup into an empty database',
    section: MOVE,
    load: async () => (await import('./commands/restore.js')).restoreCommand,
  },
  {
    name: 'migrate',
    summary: 'Move an embedded registry to a PostgreSQL server',
    section: MOVE,
    load: async () => (await import('./commands/migrate.js')).migrateCommand,
  },
  {
    name: 'setup',
    summary: 'Say where the registry is and which key to use, try both, and keep them',
    section: ACCESS,
    load: async () => (await import('./commands/setup.js')).setupCommand,
  },
  {
    name: 'login',
    summary: 'Check a key and keep it in a profile',
    section: ACCESS,
    load: async () => (await import('./commands/login.js')).loginCommand,
  },
  {
    name: 'logout',
    summary: 'Forget the key of a profile',
    section: ACCESS,
    load: async () => (await import('./commands/auth.js')).logoutCommand,
  },
  {
    name: 'whoami',
    summary: 'Say whose key this is and what it may do',
    section: ACCESS,
    load: async () => (await import('./commands/whoami.js')).whoamiCommand,
  },
  {
    name: 'auth',
    summary: 'Ask who you are, sign out',
    section: ACCESS,
    load: async () => (await import('./commands/auth.js')).authCommand,
  },
  {
    name: 'profile',
    summary: 'Keep servers and keys under names',
    section: ACCESS,
    load: async () => (await import('./commands/profile.js')).profileCommand,
  },
  {
    name: 'config-file',
    summary: 'Show where settings come from',
    section: ACCESS,
    load: async () => (await import('./commands/config-file.js')).configFileCommand,
  },
  {
    name: 'key',
    summary: 'Make, list, rotate and revoke API keys',
    section: GATEWAY,
    load: async () => (await import('./commands/key.js')).keyCommand,
  },
  {
    name: 'token',
    summary: 'Make, refresh and revoke short-lived tokens',
    section: GATEWAY,
    load: async () => (await import('./commands/token.js')).tokenCommand,
  },
  {
    name: 'role',
    summary: 'Keep sets of permissions under names',
    section: GATEWAY,
    load: async () => (await import('./commands/role.js')).roleCommand,
  },
  {
    name: 'permission',
    summary: 'See what can be permitted',
    section: GATEWAY,
    load: async () => (await import('./commands/permission.js')).permissionCommand,
  },
  {
    name: 'audit',
    summary: 'See who did what, and prove that nobody changed it',
    section: GATEWAY,
    load: async () => (await import('./commands/audit.js')).auditCommand,
  },
  {
    name: 'usage',
    summary: 'Count requests, errors and latency over all keys',
    section: GATEWAY,
    load: async () => (await import('./commands/usage.js')).usageCommand,
  },
  {
    name: 'health',
    summary: 'Ask whether the registry is well',
    section: ANY,
    load: async () => (await import('./commands/health.js')).healthCommand,
  },
  {
    name: 'api',
    summary: 'Send any request to the API',
    section: ANY,
    load: async () => (await import('./commands/api.js')).apiCommand,
  },
  {
    name: 'explain',
    summary: 'Explain a kind of entry: its keys, commands, columns and fields',
    section: ANY,
    load: async () => (await import('./commands/explain.js')).explainCommand,
  },
  {
    name: 'api-resources',
    summary: 'List the kinds of entries and other records, with their keys and paths',
    section: ANY,
    load: async () => (await import('./commands/explain.js')).apiResourcesCommand,
  },
  {
    name: 'completion',
    summary: 'Print the completion script of a shell',
    section: ANY,
    load: async () => (await import('./commands/completion.js')).completionCommand,
  },
  {
    name: '__complete',
    summary: 'Names for the completion scripts',
    section: ANY,
    hidden: true,
    load: async () => (await import('./commands/complete-names.js')).completeNamesCommand,
  },
];

/** The program for plugins alone: commands of group `plugin` at the top, and what it takes to reach a registry. */
const PLUGIN_COMMANDS: readonly TopCommand[] = [
  ...(
    [
      ['discover', 'Register the plugins of manifests, from files or URLs'],
      ['list', 'List plugins, by feature', 'ls'],
      ['register', 'Register a plugin from its manifest'],
      ['get', 'Show one plugin', 'show'],
      ['resolution', 'Show the versions an installation would take', 'resolve'],
      ['manifest', 'Print the manifest of a plugin'],
      ['install', 'Install a plugin, its dependencies resolved'],
      ['activate', 'Activate a plugin', 'enable'],
      ['deactivate', 'Deactivate a plugin', 'disable'],
      ['uninstall', 'Uninstall a plugin'],
      ['deprecate', 'Deprecate a plugin'],
      ['mesh', 'Show which services plugins bring into the mesh'],
      ['facts', 'See and say what hosts offer: python, docker, cuda and the like'],
    ] as const
  ).map(([name, summary, ...aliases]) => ({
    name,
    aliases,
    summary,
    section: 'Plugins',
    load: async () => (await import('./commands/plugin-manager.js')).pluginManagerCommand(name),
  })),
  ...TOP_COMMANDS.filter(({ name, section }) => name === 'features' || section === ACCESS || section === ANY),
];

/** The commands of a program, by the name it was called by. */
export function topCommandsOf(program: string): readonly TopCommand[] {
  return program === PLUGIN_MANAGER ? PLUGIN_COMMANDS : TOP_COMMANDS;
}
