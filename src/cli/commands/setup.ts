import { assertProfileName, readUserConfig, writeUserConfig, type UserConfig } from '../core/config-file.js';
import type { CommandContext } from '../core/context.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { cleanKey, parseServer, type Setting } from '../core/settings.js';
import { grouped } from '../output/time.js';
import type { LeafSpec } from '../spec/types.js';
import { masked, whoami, type Whoami } from './identity.js';
import { askText, askWhether, tell } from './setup-prompts.js';

/** What is known of a registry before anybody is signed in. */
interface Greeting {
  status?: unknown;
  version?: string;
  stats?: { total_entities?: number };
}

interface Found {
  server: URL;
  key: string;
  who: Whoami;
}

/** Failures that another address or another key may cure. */
const CURABLE: readonly ExitCode[] = [
  ExitCode.auth,
  ExitCode.failure,
  ExitCode.notFound,
  ExitCode.server,
  ExitCode.unreachable,
  ExitCode.usage,
];
const USUAL_NAME = 'default';

export const setupCommand: LeafSpec = {
  name: 'setup',
  summary: 'Say where the registry is and which key to use, try both, and keep them',
  description:
    'Asks for what no flag says: the address, the key (without showing it; the one in the data folder of a registry on\n' +
    'this machine is found), and the name of the profile, which is then the one in use. Where nobody can be asked, and\n' +
    'with --no-input, it needs --server, and --token-file or --token-stdin. The file is readable by you only.',
  options: [{ flags: '--as <profile>', summary: `name to keep them under (default ${USUAL_NAME})`, common: true }],
  examples: [
    { cmd: 'setup', note: 'asks for everything', norun: 'asks' },
    {
      cmd: 'setup --server https://registry.example.com --token-file key.txt --as prod --no-input',
      norun: 'needs that server',
    },
    { cmd: 'setup --as work --no-input --dry-run', note: 'the address in UREG_SERVER: tries both, keeps nothing' },
  ],
  effect: 'local-writes',
  operations: ['GET /health', 'GET /api/v1/gateway/whoami'],
  async run(context, { options }) {
    const given = options.as as string | undefined;
    if (given !== undefined) assertProfileName(given);
    const { server, key, who } = context.mayPrompt ? await askedFor(context) : await givenByFlags(context);
    const path = context.settings.configPath;
    const config = readUserConfig(path);
    const name = given ?? (context.mayPrompt ? await profileName(config, server) : USUAL_NAME);
    const address = server.href.replace(/\/$/, '');
    const former = config.current !== undefined && config.current !== name ? config.current : undefined;
    if (!context.dryRun) {
      config.profiles[name] = { ...config.profiles[name], server: address, key };
      config.current = name;
      writeUserConfig(path, config);
    }
    const next = `${context.program} list`;
    const done = context.dryRun ? 'would use' : 'using';
    const before = former === undefined ? '' : `, no more profile ${former}`;
    await context.say(
      `${done} ${address} as ${who.name ?? who.id ?? 'unknown'} (profile ${name} in ${path}${before})\nnext: ${next}`,
      {
        profile: name,
        server: address,
        key: masked(key),
        identity: who,
        path,
        next,
        ...(context.dryRun && { dry_run: true }),
      },
    );
  },
};

/** Nobody is there to ask: whatever is missing is named. */
async function givenByFlags(context: CommandContext): Promise<Found> {
  const { server } = context.settings;
  if (server.source === 'default') throw missing(context, '--server');
  const { value: key } = await context.key();
  if (key === undefined) throw missing(context, '--token-file or --token-stdin');
  await greet(context, server.value);
  return { server: server.value, key, who: await signIn(context, server.value, key) };
}

function missing(context: CommandContext, flags: string): CliError {
  return usageError(`missing required flag ${flags}`, {
    reason: 'nobody can be asked here',
    next: `${context.program} setup --server <url> --token-file <file> --no-input`,
  });
}

async function askedFor(context: CommandContext): Promise<Found> {
  const { value: known, source } = context.settings.server;
  const given = source.startsWith('--');
  const server = given ? known : await untilItWorks(() => askServer(context, known));
  if (given) await meet(context, server);
  const found = await keyFor(context, server);
  let offered = await accepted(found);
  return untilItWorks(async () => {
    const key = offered ?? cleanKey(await context.secret(`Key for ${server.host}`), 'the key');
    offered = undefined;
    const who = await signIn(context, server, key);
    await tell(`This is ${who.name ?? who.id ?? 'a key without a name'} (${who.type ?? 'key'})`, 'success');
    return { server, key, who };
  });
}

async function askServer(context: CommandContext, known: URL): Promise<URL> {
  const text = await askText('Where is the registry?', known.href.replace(/\/$/, ''), addressProblem);
  const server = parseServer(text, 'the address');
  await meet(context, server);
  return server;
}

async function meet(context: CommandContext, server: URL): Promise<void> {
  const { version, stats } = await greet(context, server);
  const entries = stats?.total_entities;
  const holds = entries === undefined ? '' : `, with ${grouped(entries)} entries`;
  await tell(`Found a registry${version ? `, version ${version}` : ''}${holds}`, 'success');
}

/** A key that was found rather than given is used only when the person says so. */
async function accepted({ value, source }: Setting<string | undefined>): Promise<string | undefined> {
  if (value === undefined || source.startsWith('--')) return value;
  return (await askWhether(`Use the key from ${source} (${masked(value)})?`)) ? value : undefined;
}

function addressProblem(text: string): string | undefined {
  try {
    parseServer(text, 'this');
    return text === '' ? 'This is needed.' : undefined;
  } catch (error) {
    return error instanceof CliError ? `${error.message}: ${error.reason}` : String(error);
  }
}

/** Asks again after what an answer can cure; Ctrl-C ends it. */
async function untilItWorks<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof CliError) || !CURABLE.includes(error.exitCode)) throw error;
      await tell([error.message, error.reason].filter(Boolean).join('\n'), 'warn');
    }
  }
}

/** The key that other commands would use there; a profile's goes to its own server only. */
async function keyFor(context: CommandContext, server: URL): Promise<Setting<string | undefined>> {
  const found = await context.key();
  const elsewhere = server.origin !== context.settings.server.value.origin && !found.source.startsWith('--');
  return elsewhere ? { value: undefined, source: 'none' } : found;
}

async function profileName(config: UserConfig, server: URL): Promise<string> {
  const origin = (name: string): string | undefined => {
    const { server: saved } = config.profiles[name] ?? {};
    return saved === undefined ? undefined : parseServer(saved, 'profile').origin;
  };
  const same = Object.keys(config.profiles).find((name) => origin(name) === server.origin);
  const free = config.profiles[USUAL_NAME] === undefined ? USUAL_NAME : server.hostname.replaceAll(/[^\w.-]/g, '');
  return askText('Under which name shall it be kept?', same ?? free, (name) => {
    try {
      assertProfileName(name);
    } catch (error) {
      return (error as Error).message;
    }
    const taken = origin(name);
    return taken === undefined || taken === server.origin ? undefined : `It is the name of ${taken}: choose another.`;
  });
}

/** Whether a registry is there, whatever the state of it: one that is not well can be set up all the same. */
async function greet(context: CommandContext, server: URL): Promise<Greeting> {
  const client = context.clientWith(undefined, server);
  try {
    const health = await client.json<Greeting>({ method: 'GET', path: '/health', accepts: [503] });
    if (typeof health.status === 'string') return health;
    throw new CliError('cli.unexpected_answer', `${client.server} is not a registry`, {
      reason: 'its /health says no status',
    });
  } finally {
    client.close();
  }
}

function signIn(context: CommandContext, server: URL, key: string): Promise<Whoami> {
  const client = context.clientWith(key, server);
  return whoami(client).finally(() => client.close());
}
