import { setTimeout as sleep } from 'node:timers/promises';
import { idArgument, pathOf } from '../kinds/kind-request.js';
import { serviceWords } from '../kinds/service.words.js';
import type { RegistryResponse } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { parseSeconds } from '../core/duration.js';
import { CliError, oneLine, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import type { LeafSpec } from '../spec/types.js';
import { addressView, serviceAddressView, type Instance } from '../views/instance-view.js';

const MOST_SERVICES = 1000;
const WATCH_SECONDS = 30;
/** Beyond the time the server may wait. */
const GRACE_MS = 10_000;
const PAUSE_MS = 2000;
const PASSING: readonly ExitCode[] = [ExitCode.unreachable, ExitCode.server, ExitCode.rateLimited];

export const discoverLeaf: LeafSpec = {
  name: 'discover',
  summary: 'Find where a service answers, or which services do: instances that are well',
  description:
    '-o name prints host:port, one a line. --watch goes on until Ctrl-C, with the whole list at each change.\n' +
    'Without an id, of all services that --name, --type, --feature and --tag leave.',
  arguments: [{ ...idArgument(serviceWords), asked: undefined }],
  options: [
    { flags: '--zone <zone>', summary: 'only those of this zone', common: true },
    { flags: '--prefer-zone <zone>', summary: 'those of this zone first, then the others' },
    {
      flags: '--tag <tag>',
      summary: 'only instances with this tag; without an id, services',
      repeatable: true,
      common: true,
    },
    { flags: '--metadata <key:value>', summary: 'only instances with this metadata', repeatable: true },
    { flags: '--name <name>', summary: 'without an id: services of this name', repeatable: true },
    { flags: '--type <type>', summary: 'without an id: services of this type', repeatable: true, common: true },
    { flags: '--feature <feature>', summary: 'without an id: services of this feature category', repeatable: true },
    { flags: '--wait <duration>', summary: 'wait for a change after --index, so long at most', common: true },
    { flags: '--index <n>', summary: 'what an earlier answer said (told on stderr)' },
    { flags: '-w, --watch', summary: 'then go on showing changes as they happen', common: true },
  ],
  examples: [
    { cmd: 'service discover svc_checkout' },
    { cmd: 'service discover svc_checkout --zone eu-1a -o name', note: 'addresses for other programs' },
    { cmd: 'service discover --type api' },
  ],
  effect: 'reads',
  view: addressView,
  operations: ['GET /api/v1/services/{id}/instances', 'GET /api/v1/services/discover'],
  async run(context, { args, options }) {
    const wait = options.wait === undefined ? undefined : parseSeconds(String(options.wait), '--wait', 1, 600);
    const query = {
      healthy: true,
      zone: options.zone as string | undefined,
      prefer_zone: options.preferZone as string | undefined,
      tag: options.tag as string[] | undefined,
      metadata: options.metadata as string[] | undefined,
    };
    const ofServices = ['name', 'type', 'feature'] as const;
    if (args[0] === undefined) {
      const waiting = ['wait', 'index', 'watch'].find((name) => options[name] !== undefined);
      if (waiting !== undefined) throw usageError(`--${waiting} needs a service`);
      return discoverAll(context, {
        ...query,
        ...Object.fromEntries(ofServices.map((name) => [name, options[name] as string[] | undefined])),
      });
    }
    const narrowing = ofServices.find((name) => options[name] !== undefined);
    if (narrowing !== undefined) throw usageError(`give either a service, or --${narrowing}`);
    const path = pathOf(serviceWords, String(args[0]), 'instances');
    const answer = await ask(context, path, query, { wait, index: options.index as string | undefined });
    const instances = answer.json<Instance[]>();
    await context.list(instances, addressView);
    if (instances.length === 0) context.notice('no instance is well');
    if (options.watch === true) await watch(context, path, query, answer);
    const index = indexOf(answer);
    if (index !== undefined && wait !== undefined) context.notice(`index ${index}`);
  },
};

type Query = Record<string, string | boolean | string[] | undefined>;

/** Instances of many services; each says whose it is. */
async function discoverAll(context: CommandContext, query: Query): Promise<void> {
  const client = await context.client();
  const instances: Instance[] = [];
  for (let offset = 0; ; offset += MOST_SERVICES) {
    const services = await client.json<{ instances: Instance[] }[]>({
      method: 'GET',
      path: pathOf(serviceWords, 'discover'),
      query: { ...query, limit: MOST_SERVICES, offset },
    });
    instances.push(...services.flatMap((service) => service.instances));
    if (services.length < MOST_SERVICES) break;
  }
  await context.list(instances, serviceAddressView);
  if (instances.length === 0) context.notice('no instance is well');
}

async function ask(
  context: CommandContext,
  path: string,
  query: Query,
  { wait, index }: { wait?: number; index?: string },
): Promise<RegistryResponse> {
  const client = await context.client();
  const blocking = wait === undefined ? {} : { timeoutMs: wait * 1000 + GRACE_MS };
  const waiting = wait === undefined ? undefined : `${wait}s`;
  return client.request({ method: 'GET', path, query: { ...query, wait: waiting, index }, ...blocking });
}

/** The whole list at each change, until Ctrl-C. */
async function watch(context: CommandContext, path: string, query: Query, first: RegistryResponse): Promise<never> {
  context.flushNotices();
  let last = first;
  for (;;) {
    const index = indexOf(last);
    // A server that tells no index does not block: it is asked now and then.
    if (index === undefined) await sleep(PAUSE_MS);
    const next = await ask(context, path, query, index === undefined ? {} : { wait: WATCH_SECONDS, index }).catch(
      async (error: unknown) => {
        if (!(error instanceof CliError) || !PASSING.includes(error.exitCode)) throw error;
        context.terminal.stderr.write(`${oneLine(error.message)}, trying again\n`);
        await sleep(PAUSE_MS);
        return undefined;
      },
    );
    if (!next) continue;
    const changed = !next.body.equals(last.body);
    last = next;
    if (!changed) continue;
    if (context.format.name === 'table') await context.writeRaw('\n');
    await context.list(next.json<Instance[]>(), addressView);
  }
}

/** What the next question waits beyond. */
function indexOf({ headers }: RegistryResponse): string | undefined {
  const found = ['x-index', 'x-registry-index', 'x-consul-index'].map((name) => headers[name]).find(Boolean);
  return Array.isArray(found) ? found[0] : found;
}
