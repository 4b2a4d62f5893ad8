import { assertShows } from '../commands/secret-output.js';
import { PAGE_OPTIONS, pageWish } from '../commands/list-options.js';
import { printPages } from '../commands/pages.js';
import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';
import type { ArgumentSpec, GroupSpec, LeafSpec } from '../spec/types.js';
import { given, idArgument, pathOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

const ENDS = ['succeeded', 'failed'] as const;
const NEEDS_YOURS = 'needs an operation of yours';
const ID = '0192f0c1-7c3a-7a10-9d5e-0242ac120002';

const operationArgument = ({ name }: KindWords): ArgumentSpec => ({
  name: 'operation',
  summary: 'id of the operation',
  asked: { question: 'Which operation? (its id)' },
  completes: name === 'engine' ? 'engine-operation' : 'service-operation',
});

interface Operation extends Record<string, unknown> {
  id: string;
  verb: string;
  state: string;
}

const operationView: View<Operation> = {
  fields: [
    'id',
    'verb',
    'from',
    'to',
    'capacity',
    'driver',
    'state',
    'message',
    'attempts',
    'requested_by',
    'created_at',
    'deadline',
    'ended_at',
  ],
  columns: [
    column('ID', 'id'),
    column('VERB', 'verb'),
    column('TO', 'to'),
    column('UNITS', 'capacity', { right: true, wide: true }),
    column('DRIVER', 'driver'),
    column('STATE', 'state', { state: true }),
    { title: 'AGE', value: (one) => age(one.created_at), right: true },
    column('MESSAGE', 'message'),
    column('DEADLINE', 'deadline', { wide: true }),
    column('REQUESTED BY', 'requested_by', { wide: true }),
  ],
  name: (operation) => operation.id,
};

/** What drivers were asked to do: of the kinds that are started, stopped and scaled from outside. */
export function operationsGroup(kind: KindWords): GroupSpec {
  return {
    name: 'operations',
    summary: `See what the driver of ${kind.one} was asked to do, and report how it ended`,
    fallback: 'list',
    children: [listLeaf(kind), getLeaf(kind), reportLeaf(kind)],
  };
}

function listLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'list',
    aliases: ['ls'],
    summary: `List what the driver of ${one} was asked to do, newest first`,
    description: 'What driver manual is asked to do is done at once, and is no operation.',
    arguments: [idArgument(kind)],
    options: PAGE_OPTIONS.filter(({ flags }) => !flags.startsWith('--sort')),
    examples: [{ cmd: `${name} operations ${sample.id}` }],
    effect: 'reads',
    view: operationView,
    operations: [`GET /api/v1/${path}/{id}/operations`],
    run: (context, { args, options }) =>
      printPages<Operation>(context, {
        path: pathOf(kind, String(args[0]), 'operations'),
        query: {},
        wish: pageWish(options),
        view: operationView,
        none: 'no operations',
      }),
  };
}

function getLeaf(kind: KindWords): LeafSpec {
  const { name, path, sample } = kind;
  return {
    name: 'get',
    aliases: ['show'],
    summary: 'Show one operation: where it stands, and how it ended',
    arguments: [idArgument(kind), operationArgument(kind)],
    examples: [{ cmd: `${name} operations get ${sample.id} ${ID}`, norun: NEEDS_YOURS }],
    effect: 'reads',
    view: operationView,
    operations: [`GET /api/v1/${path}/{id}/operations/{oid}`],
    async run(context, { args }) {
      const [id, operation] = args as [string, string];
      const client = await context.client();
      const answer = await client.json<Operation>({ method: 'GET', path: pathOf(kind, id, 'operations', operation) });
      await context.one(answer, operationView);
    },
  };
}

function reportLeaf(kind: KindWords): LeafSpec {
  const { name, path, sample } = kind;
  return {
    name: 'report',
    summary: 'Report how an operation ended',
    description: 'For whoever carries it out. Refused when it has ended already (exit code 5).',
    arguments: [
      idArgument(kind),
      operationArgument(kind),
      { name: 'end', summary: ENDS.join(' or '), asked: { question: 'How did it end?' }, completes: ENDS },
    ],
    options: [{ flags: '--message <text>', summary: 'what happened', common: true }],
    examples: [
      { cmd: `${name} operations report ${sample.id} ${ID} succeeded`, norun: NEEDS_YOURS },
      { cmd: `${name} operations report ${sample.id} ${ID} failed --message "no such image"`, norun: NEEDS_YOURS },
    ],
    effect: 'writes',
    view: operationView,
    operations: [`POST /api/v1/${path}/{id}/operations/{oid}/report`],
    async run(context, { args, options }) {
      const [id, operation, end] = args as [string, string, string];
      const answer = await context.send({
        method: 'POST',
        path: pathOf(kind, id, 'operations', operation, 'report'),
        body: given({ status: end.toLowerCase(), message: options.message }),
      });
      if (!answer) return;
      const after = answer.json<Operation>();
      await context.changed(`${after.verb} of ${id} ${after.state}`, after, operationView);
    },
  };
}

interface DriverSecret extends Record<string, unknown> {
  secret: string;
}

const secretView: View<DriverSecret> = {
  fields: ['secret', 'former_expires_at'],
  columns: [],
  name: () => '',
};

export function driverGroup(kind: KindWords): GroupSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'driver',
    summary: `Keep the secret by which the webhook driver of ${one} is known`,
    children: [
      {
        name: 'secret',
        summary: `Make the secret that calls of the webhook driver of ${one} are signed with`,
        description: 'It is shown once. Calls are signed with the former one as well, for a day.',
        arguments: [idArgument(kind)],
        examples: [{ cmd: `${name} driver secret ${sample.id}` }],
        effect: 'writes',
        view: secretView,
        operations: [`POST /api/v1/${path}/{id}/driver/secret`],
        async run(context, { args }) {
          if (!context.dryRun) assertShows(context, secretView, 'secret');
          const answer = await context.send({
            method: 'POST',
            path: pathOf(kind, String(args[0]), 'driver', 'secret'),
          });
          if (!answer) return;
          const made = answer.json<DriverSecret>();
          if (context.speaks) await context.write(`${made.secret}\n`);
          else await context.one(made, secretView);
          context.notice('warning: this secret is shown once and never again; keep it where secrets are kept');
        },
      },
    ],
  };
}
