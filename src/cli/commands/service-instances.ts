import { given, idArgument, pathOf } from '../kinds/kind-request.js';
import { serviceWords } from '../kinds/service.words.js';
import { parseCount, parseSeconds } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import type { ArgumentSpec, GroupSpec, LeafSpec, OptionSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import { instanceView, type Instance } from '../views/instance-view.js';
import { questionFor, runBatch } from './batch-answer.js';
import { assignments } from './entry-input.js';

const SERVICE = idArgument(serviceWords);
const INSTANCE: ArgumentSpec = {
  name: 'instance',
  summary: 'id of the instance',
  completes: 'instance',
  asked: { question: 'Which instance? (its id)' },
};
const STATES = ['passing', 'warning', 'critical'] as const;
const STATUS: OptionSpec = { flags: '--status <status>', summary: STATES.join(', '), choices: STATES, common: true };
const METADATA: OptionSpec = { flags: '--metadata <field=value>', summary: 'a metadata field', repeatable: true };
const DAY = 86_400;

const listLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List the instances of a service, well or not',
  arguments: [SERVICE],
  options: [
    { flags: '--healthy', summary: 'only those that discovery answers', common: true },
    { flags: '--zone <zone>', summary: 'only those of this zone', common: true },
    { flags: '--tag <tag>', summary: 'only those with this tag', repeatable: true },
  ],
  examples: [{ cmd: 'service instances svc_checkout' }],
  effect: 'reads',
  view: instanceView,
  operations: ['GET /api/v1/services/{id}/instances'],
  async run(context, { args, options }) {
    const client = await context.client();
    const instances = await client.json<Instance[]>({
      method: 'GET',
      path: pathOf(serviceWords, String(args[0]), 'instances'),
      query: {
        healthy: options.healthy === true ? true : undefined,
        zone: options.zone as string | undefined,
        tag: options.tag as string[] | undefined,
      },
    });
    await context.list(instances, instanceView);
    if (instances.length === 0) context.notice('no instances');
  },
};

const registerLeaf: LeafSpec = {
  name: 'register',
  summary: 'Register an instance of a service',
  description: 'Silent for longer than its time to live, it is left out of discovery: have it send heartbeats.',
  arguments: [
    SERVICE,
    { name: 'address', summary: 'host:port', asked: { question: 'Where does it answer? (host:port)' } },
  ],
  options: [
    { flags: '--id <id>', summary: 'a name of your own for it, unique in its service', common: true },
    { flags: '--zone <zone>', summary: 'where it runs', common: true },
    { flags: '--weight <n>', summary: 'its share of the requests (default 1)', common: true },
    { flags: '--ttl <duration>', summary: 'longest silence, e.g. 15s', common: true },
    { flags: '--forever', summary: 'it sends no heartbeats and is never silent' },
    { flags: '--tag <tag>', summary: 'a tag', repeatable: true },
    STATUS,
    METADATA,
  ],
  examples: [
    { cmd: 'service instances register svc_checkout 10.0.3.17:8080 --id checkout-7f9c --zone eu-1a --ttl 10m' },
  ],
  effect: 'writes',
  view: instanceView,
  operations: ['POST /api/v1/services/{id}/instances'],
  async run(context, { args, options }) {
    const id = String(args[0]);
    const answer = await context.send({
      method: 'POST',
      path: pathOf(serviceWords, id, 'instances'),
      body: given({ id: options.id, ...addressOf(String(args[1])), ...settingsOf(options), status: options.status }),
    });
    if (!answer) return;
    const instance = answer.json<Instance>();
    await context.changed(
      `registered ${instance.host}:${instance.port} of ${id} as ${instance.id}`,
      instance,
      instanceView,
      `${context.program} service instances heartbeat ${id} ${instance.id}`,
    );
  },
};

const getLeaf: LeafSpec = {
  name: 'get',
  aliases: ['show'],
  summary: 'Show an instance with its last heartbeat',
  arguments: [SERVICE, INSTANCE],
  examples: [{ cmd: 'service instances get svc_checkout checkout-7f9c' }],
  effect: 'reads',
  view: instanceView,
  operations: ['GET /api/v1/services/{id}/instances/{instance}'],
  async run(context, { args }) {
    const [id, instance] = args as [string, string];
    const client = await context.client();
    const path = pathOf(serviceWords, id, 'instances', instance);
    await context.one(await client.json<Instance>({ method: 'GET', path }), instanceView);
  },
};

const updateLeaf: LeafSpec = {
  name: 'update',
  aliases: ['set'],
  summary: 'Change an instance, or drain it: discovery answers it no longer, and it lives on',
  description: 'What is not named stays as it is. How it is doing is told by heartbeats.',
  arguments: [SERVICE, INSTANCE],
  options: [
    { flags: '--drain', summary: 'no new requests', common: true },
    { flags: '--undrain', summary: 'new requests again', common: true },
    { flags: '--zone <zone>', summary: 'where it runs', common: true },
    { flags: '--weight <n>', summary: 'its share of the requests', common: true },
    { flags: '--ttl <duration>', summary: 'longest silence, e.g. 15s', common: true },
    { flags: '--forever', summary: 'it sends no heartbeats and is never silent' },
    { flags: '--tag <tag>', summary: 'a tag', repeatable: true },
    METADATA,
  ],
  examples: [{ cmd: 'service instances update svc_checkout checkout-7f9c --weight 5' }],
  effect: 'writes',
  view: instanceView,
  operations: ['PUT /api/v1/services/{id}/instances/{instance}'],
  async run(context, { args, options }) {
    const [id, instance] = args as [string, string];
    if (options.drain === true && options.undrain === true) throw usageError('give either --drain, or --undrain');
    const body = given({
      ...settingsOf(options),
      drain: options.drain === true ? true : options.undrain === true ? false : undefined,
    });
    if (Object.keys(body).length === 0) throw usageError('nothing to change', { reason: 'e.g. --drain or --weight 5' });
    const answer = await context.send({
      method: 'PUT',
      path: pathOf(serviceWords, id, 'instances', instance),
      body,
    });
    if (!answer) return;
    const after = answer.json<Instance>();
    await context.changed(
      `changed ${after.id} of ${id}${after.drain === true ? ', which is drained' : ''}`,
      after,
      instanceView,
    );
  },
};

const heartbeatLeaf: LeafSpec = {
  name: 'heartbeat',
  summary: 'Say that an instance is there',
  arguments: [SERVICE, INSTANCE],
  options: [STATUS, METADATA],
  examples: [{ cmd: 'service instances heartbeat svc_checkout checkout-7f9c' }],
  effect: 'writes',
  view: instanceView,
  operations: ['PUT /api/v1/services/{id}/instances/{iid}/heartbeat'],
  async run(context, { args, options }) {
    const [id, instance] = args as [string, string];
    const metadata = options.metadata as string[] | undefined;
    const answer = await context.send({
      method: 'PUT',
      path: pathOf(serviceWords, id, 'instances', instance, 'heartbeat'),
      body: given({ status: options.status, metadata: metadata && assignments(metadata, '--metadata') }),
    });
    if (!answer) return;
    const told = answer.body.length > 0 ? answer.json<Instance>() : ({ id: instance } as Instance);
    const state = options.status === undefined ? 'there' : String(options.status);
    await context.changed(`${instance} of ${id} is ${state}`, told, instanceView);
  },
};

const deregisterLeaf: LeafSpec = {
  name: 'deregister',
  aliases: ['rm'],
  summary: 'Take instances out of a service',
  arguments: [SERVICE, { ...INSTANCE, summary: 'ids of the instances', variadic: true }],
  examples: [{ cmd: 'service instances deregister svc_checkout checkout-7f9c --yes' }],
  effect: 'deletes',
  view: bulkResultView,
  operations: ['DELETE /api/v1/services/{id}/instances/{iid}'],
  async run(context, { args }) {
    const [id, instances] = args as [string, string[]];
    const what = instances.length === 1 ? `instance ${instances[0]}` : `${instances.length} instances`;
    if (!context.dryRun) await context.confirm(questionFor(context, `Take ${what} out of ${id}`));
    await runBatch(
      context,
      {
        items: instances,
        done: 'deleted',
        name: (instance) => ({ key: instance }),
        act: (instance) => context.send({ method: 'DELETE', path: pathOf(serviceWords, id, 'instances', instance) }),
      },
      `deregistered ${instances[0]} of ${id}`,
    );
  },
};

export const instancesGroup: GroupSpec = {
  name: 'instances',
  summary: 'Register instances of a service and keep them there',
  fallback: 'list',
  children: [listLeaf, getLeaf, registerLeaf, updateLeaf, heartbeatLeaf, deregisterLeaf],
};

/** What is said of an instance at its registration, and may be changed. */
function settingsOf(options: Record<string, unknown>): Record<string, unknown> {
  if (options.forever === true && options.ttl !== undefined) throw usageError('give either --ttl, or --forever');
  const metadata = options.metadata as string[] | undefined;
  const ttl = options.ttl === undefined ? undefined : parseSeconds(String(options.ttl), '--ttl', 1, DAY);
  return {
    zone: options.zone,
    weight: options.weight === undefined ? undefined : parseCount(String(options.weight), '--weight', 0, 65_535),
    ttl_seconds: options.forever === true ? null : ttl,
    tags: options.tag,
    metadata: metadata && assignments(metadata, '--metadata'),
  };
}

/** `10.0.3.17:8080`, `[::1]:8080`. */
function addressOf(text: string): { host: string; port: number } {
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  if (port === '') throw usageError(`${JSON.stringify(text)} is not host:port`);
  return { host: bracketed ?? plain ?? '', port: Number(port) };
}
