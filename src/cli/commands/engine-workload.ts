import { engineWords } from '../kinds/engine.words.js';
import { given, idArgument, pathOf } from '../kinds/kind-request.js';
import { parseCount, parseMoment, parseSeconds } from '../core/duration.js';
import { readData } from '../core/input.js';
import type { View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import { workloadView, type Workload } from '../views/workload-view.js';
import { questionFor, runBatch } from './batch-answer.js';
import { completeLeaf, failLeaf, heartbeatLeaf, leaseLeaf, WORKLOAD } from './engine-worker.js';
import { PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';
import { printStats } from './stats.js';

const PRIORITIES = ['low', 'normal', 'high', 'critical'] as const;
const STATUSES = ['scheduled', 'queued', 'running', 'completed', 'dead', 'cancelled'] as const;
const ENGINE = idArgument(engineWords);
const MONTH_SECONDS = 30 * 86_400;

type QueueStats = Record<string, unknown>;

const queueStatsView: View<QueueStats> = {
  fields: ['depth', 'oldest_waiting_seconds', 'throughput'],
  columns: [],
  name: (stats) => String(stats.oldest_waiting_seconds ?? ''),
};

const submitLeaf: LeafSpec = {
  name: 'submit',
  summary: 'Give an engine something to do',
  arguments: [
    ENGINE,
    { name: 'task', summary: 'in words that its workers know', asked: { question: 'What is to be done?' } },
  ],
  options: [
    { flags: '--priority <priority>', summary: PRIORITIES.join(', '), choices: PRIORITIES, common: true },
    { flags: '--payload <json>', summary: 'for the worker: JSON or YAML, @file, or - for stdin', common: true },
    { flags: '--gpu', summary: 'only workers with a GPU', common: true },
    { flags: '--max-attempts <n>', summary: 'then it is a dead letter (default 3)', common: true },
    { flags: '--run-at <time>', summary: 'not before: 10m, 2h or a date and time', common: true },
    { flags: '--task-timeout <duration>', summary: 'longest time of one attempt' },
  ],
  examples: [
    {
      cmd: 'engine workload submit engine_inference train --priority high --payload \'{"model":"fraud-7"}\'',
    },
  ],
  effect: 'writes',
  view: workloadView,
  operations: ['POST /api/v1/engines/{id}/workloads'],
  async run(context, { args, options }) {
    const [id, task] = args as [string, string];
    const answer = await context.send({
      method: 'POST',
      path: pathOf(engineWords, id, 'workloads'),
      body: given({
        task,
        priority: options.priority,
        payload:
          options.payload === undefined ? undefined : await readData(String(options.payload), context.terminal.stdin),
        requires: options.gpu === true ? { gpu: true } : undefined,
        max_attempts:
          options.maxAttempts === undefined
            ? undefined
            : parseCount(String(options.maxAttempts), '--max-attempts', 1, 100),
        timeout_seconds:
          options.taskTimeout === undefined
            ? undefined
            : parseSeconds(String(options.taskTimeout), '--task-timeout', 1, MONTH_SECONDS),
        run_at: options.runAt === undefined ? undefined : parseMoment(String(options.runAt), '--run-at'),
      }),
    });
    if (!answer) return;
    const workload = answer.json<Workload>();
    const next = `${context.program} engine workload get ${id} ${workload.id}`;
    await context.changed(`${task} is ${workload.status}: ${workload.id}`, workload, workloadView, next);
  },
};

const listLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List what an engine has to do and has done, newest first',
  arguments: [ENGINE],
  options: [
    {
      flags: '--status <statuses>',
      summary: 'scheduled, queued, running, completed, dead or cancelled; several by commas',
      completes: STATUSES,
      list: true,
      common: true,
    },
    {
      flags: '--priority <priorities>',
      summary: `${PRIORITIES.join(', ')}; several by commas`,
      completes: PRIORITIES,
      list: true,
      common: true,
    },
    { flags: '--task <task>', summary: 'only this task', common: true },
    ...PAGE_OPTIONS.filter(({ flags }) => !flags.startsWith('--sort')),
  ],
  examples: [{ cmd: 'engine workload list engine_inference --status queued,running' }],
  effect: 'reads',
  view: workloadView,
  operations: ['GET /api/v1/engines/{id}/workloads'],
  run: (context, { args, options }) =>
    printPages<Workload>(context, {
      path: pathOf(engineWords, String(args[0]), 'workloads'),
      query: {
        status: options.status as string | undefined,
        priority: options.priority as string | undefined,
        task: options.task as string | undefined,
      },
      wish: pageWish(options),
      view: workloadView,
      none: 'no workloads',
    }),
};

const getLeaf: LeafSpec = {
  name: 'get',
  aliases: ['show'],
  summary: 'Show one workload: where it stands, and how it ended',
  arguments: [ENGINE, WORKLOAD],
  examples: [
    { cmd: 'engine workload get engine_inference 0192f0c1-7c3a-7a10-9d5e-0242ac120002', norun: 'needs one of yours' },
  ],
  effect: 'reads',
  view: workloadView,
  operations: ['GET /api/v1/engines/{id}/workloads/{wid}'],
  async run(context, { args }) {
    const [id, workload] = args as [string, string];
    const client = await context.client();
    const path = pathOf(engineWords, id, 'workloads', workload);
    await context.one(await client.json<Workload>({ method: 'GET', path }), workloadView);
  },
};

const cancelLeaf: LeafSpec = {
  name: 'cancel',
  summary: 'Cancel workloads that are not finished',
  arguments: [ENGINE, { ...WORKLOAD, summary: 'ids of the workloads', variadic: true }],
  examples: [
    {
      cmd: 'engine workload cancel engine_inference 0192f0c1-7c3a-7a10-9d5e-0242ac120002 --yes',
      norun: 'needs one of yours',
    },
  ],
  effect: 'deletes',
  view: bulkResultView,
  operations: ['DELETE /api/v1/engines/{id}/workloads/{wid}'],
  async run(context, { args }) {
    const [id, workloads] = args as [string, string[]];
    const what = workloads.length === 1 ? `workload ${workloads[0]}` : `${workloads.length} workloads`;
    if (!context.dryRun) await context.confirm(questionFor(context, `Cancel ${what} of ${id}`));
    await runBatch(
      context,
      {
        items: workloads,
        done: 'cancelled',
        name: (workload) => ({ key: workload }),
        act: (workload) => context.send({ method: 'DELETE', path: pathOf(engineWords, id, 'workloads', workload) }),
      },
      `cancelled ${workloads[0]}`,
    );
  },
};

const retryLeaf: LeafSpec = {
  name: 'retry',
  summary: 'Queue a dead letter again, with all its attempts',
  arguments: [ENGINE, WORKLOAD],
  examples: [
    {
      cmd: 'engine workload retry engine_inference 0192f0c1-7c3a-7a10-9d5e-0242ac120002',
      norun: 'needs a dead letter of yours',
    },
  ],
  effect: 'writes',
  view: workloadView,
  operations: ['POST /api/v1/engines/{id}/workloads/{wid}/retry'],
  async run(context, { args }) {
    const [id, workload] = args as [string, string];
    const path = pathOf(engineWords, id, 'workloads', workload, 'retry');
    const answer = await context.send({ method: 'POST', path });
    if (!answer) return;
    const after = answer.json<Workload>();
    await context.changed(`${after.task} is ${after.status}: ${after.id}`, after, workloadView);
  },
};

const statsLeaf: LeafSpec = {
  name: 'stats',
  summary: 'Show how the queue of an engine stands',
  arguments: [ENGINE],
  examples: [{ cmd: 'engine workload stats engine_inference' }],
  effect: 'reads',
  view: queueStatsView,
  operations: ['GET /api/v1/engines/{id}/workloads/stats'],
  async run(context, { args }) {
    const client = await context.client();
    const path = pathOf(engineWords, String(args[0]), 'workloads', 'stats');
    await printStats(context, await client.json<QueueStats>({ method: 'GET', path }), queueStatsView);
  },
};

export const workloadGroup: GroupSpec = {
  name: 'workload',
  aliases: ['workloads'],
  summary: 'Give engines work, and do it',
  description:
    'submit, list, get, cancel and retry are for who wants something done; lease and what follows for who does it.',
  children: [
    submitLeaf,
    listLeaf,
    getLeaf,
    cancelLeaf,
    retryLeaf,
    statsLeaf,
    leaseLeaf,
    heartbeatLeaf,
    completeLeaf,
    failLeaf,
  ],
};
