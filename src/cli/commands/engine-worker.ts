import { engineWords } from '../kinds/engine.words.js';
import { given, idArgument, pathOf } from '../kinds/kind-request.js';
import type { CommandContext } from '../core/context.js';
import { parseCount, parseSeconds } from '../core/duration.js';
import { readData } from '../core/input.js';
import type { ArgumentSpec, LeafSpec, OptionSpec } from '../spec/types.js';
import { leasedView, workloadView, type Workload } from '../views/workload-view.js';

const ENGINE = idArgument(engineWords);
const ID = '0192f0c1-7c3a-7a10-9d5e-0242ac120002';
const TOKEN = '5c2ab0ff-6f1c-4b60-9d3e-4a8a0e2a7a11';
const NEEDS_YOURS = 'needs a lease of yours';
const HOUR_SECONDS = 3600;

export const WORKLOAD: ArgumentSpec = {
  name: 'workload',
  summary: 'id of the workload',
  completes: 'workload',
  asked: { question: 'Which workload? (its id)' },
};
const LEASE_TOKEN: OptionSpec = {
  flags: '--lease <token>',
  summary: 'token of the lease: proves who holds it',
  common: true,
  asked: { question: 'Token of the lease' },
};
const LEASE_FOR: OptionSpec = {
  flags: '--for <duration>',
  summary: 'not heard of for so long, it is given to another (default 60s)',
  common: true,
};

export const leaseLeaf: LeafSpec = {
  name: 'lease',
  summary: 'Take the next workloads of an engine, the most urgent first',
  description: 'Nothing that waits is an empty list. Say "heartbeat" in time, and "complete" or "fail" at the end.',
  arguments: [ENGINE],
  options: [
    { flags: '--worker <name>', summary: 'who asks', common: true, asked: { question: 'Who takes them? (a name)' } },
    { flags: '--count <n>', summary: 'at most so many (default 1)', common: true },
    LEASE_FOR,
    { flags: '--gpu', summary: 'this worker has a GPU' },
  ],
  examples: [{ cmd: 'engine workload lease engine_inference --worker worker-7 --for 60s -o json' }],
  effect: 'writes',
  view: leasedView,
  operations: ['POST /api/v1/engines/{id}/workloads/lease'],
  async run(context, { args, options }) {
    const answer = await context.send({
      method: 'POST',
      path: pathOf(engineWords, String(args[0]), 'workloads', 'lease'),
      body: given({
        worker: options.worker,
        count: options.count === undefined ? undefined : parseCount(String(options.count), '--count', 1, 1000),
        lease_seconds: leaseSeconds(options),
        gpu: options.gpu === true ? true : undefined,
      }),
    });
    if (!answer) return;
    const leased = answer.json<Workload[]>();
    // One is told line by line: in a table of this width its id and its token would be cut.
    if (context.speaks && leased.length === 1 && leased[0]) await context.one(toldOf(leased[0]), leasedView);
    else await context.list(leased, leasedView);
    if (leased.length === 0) context.notice('nothing waits');
  },
};

export const heartbeatLeaf: LeafSpec = {
  name: 'heartbeat',
  summary: 'Prolong the lease of a workload',
  arguments: [ENGINE, WORKLOAD],
  options: [LEASE_TOKEN, LEASE_FOR],
  examples: [
    { cmd: `engine workload heartbeat engine_inference ${ID} --lease ${TOKEN} --for 60s`, norun: NEEDS_YOURS },
  ],
  effect: 'writes',
  view: workloadView,
  operations: ['POST /api/v1/engines/{id}/workloads/{wid}/heartbeat'],
  run: (context, { args, options }) =>
    tell(context, args as [string, string], 'heartbeat', {
      lease_token: options.lease,
      lease_seconds: leaseSeconds(options),
    }),
};

export const completeLeaf: LeafSpec = {
  name: 'complete',
  summary: 'Say that a leased workload is done',
  arguments: [ENGINE, WORKLOAD],
  options: [
    LEASE_TOKEN,
    { flags: '--result <json>', summary: 'what came of it: JSON or YAML, @file, or - for stdin', common: true },
  ],
  examples: [
    {
      cmd: `engine workload complete engine_inference ${ID} --lease ${TOKEN} --result '{"accuracy":0.97}'`,
      norun: NEEDS_YOURS,
    },
  ],
  effect: 'writes',
  view: workloadView,
  operations: ['POST /api/v1/engines/{id}/workloads/{wid}/complete'],
  run: async (context, { args, options }) =>
    tell(context, args as [string, string], 'complete', {
      lease_token: options.lease,
      result: options.result === undefined ? undefined : await readData(String(options.result), context.terminal.stdin),
    }),
};

export const failLeaf: LeafSpec = {
  name: 'fail',
  summary: 'Say that an attempt at a leased workload has failed',
  description: 'It is tried again later, until its attempts are used up. --final says that trying again is in vain.',
  arguments: [ENGINE, WORKLOAD],
  options: [
    LEASE_TOKEN,
    { flags: '--error <text>', summary: 'what went wrong', common: true },
    { flags: '--final', summary: 'do not try again', common: true },
  ],
  examples: [
    {
      cmd: `engine workload fail engine_inference ${ID} --lease ${TOKEN} --error "out of memory"`,
      norun: NEEDS_YOURS,
    },
  ],
  effect: 'writes',
  view: workloadView,
  operations: ['POST /api/v1/engines/{id}/workloads/{wid}/fail'],
  run: (context, { args, options }) =>
    tell(context, args as [string, string], 'fail', {
      lease_token: options.lease,
      error: options.error,
      retry: options.final === true ? false : undefined,
    }),
};

async function tell(
  context: CommandContext,
  [id, workload]: [string, string],
  what: string,
  fields: Record<string, unknown>,
): Promise<void> {
  const path = pathOf(engineWords, id, 'workloads', workload, what);
  const answer = await context.send({ method: 'POST', path, body: given(fields) });
  if (!answer) return;
  const after = answer.json<Workload>();
  await context.changed(`${after.task} is ${after.status}: ${after.id}`, after, workloadView);
}

/** What its worker needs to know. */
function toldOf({ id, task, status, priority, payload, attempts, lease_until, lease_token }: Workload): Workload {
  return { id, task, status, priority, payload, attempts, lease_until, lease_token };
}

function leaseSeconds(options: Record<string, unknown>): number | undefined {
  return options.for === undefined ? undefined : parseSeconds(String(options.for), '--for', 1, HOUR_SECONDS);
}
