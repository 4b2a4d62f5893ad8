import { confirmDeletion, runBatch } from '../commands/batch-answer.js';
import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import { readDocuments } from '../core/input.js';
import type { LeafSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import type { Entry } from '../views/entry-view.js';
import type { Condition } from '../waiting/condition.js';
import { deletion } from '../waiting/deletion.js';
import { settled } from '../waiting/settle.js';
import { conditionOf, heldText, WAIT_DELETED, WAIT_FOR } from '../waiting/wait-option.js';
import { kindBody, objectsOf, withUnset, writingOptions } from './kind-input.js';
import { idArgument, IF_MATCH, manyOf, nounOf, pathOf } from './kind-request.js';
import { kindView } from './kind-view.js';
import type { KindWords } from './kind-words.js';

export function createLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'create',
    summary: `Register ${one}`,
    description:
      `With --file, every document of a JSON or YAML file, of stdin (-) or of a folder becomes ${one}.\n` +
      'On a terminal, what is needed and was left out is asked for.',
    arguments: [
      {
        name: 'name',
        summary: 'letters, digits and . _ + -; unique for its version',
        asked: { question: `Name of the ${nounOf(kind)}`, unless: ['file', 'data'] },
      },
      { name: 'version', summary: 'version, if it has one' },
    ],
    options: [
      { flags: '-f, --file <file>', summary: 'file, folder or - to read from', common: true },
      ...writingOptions(kind, { asking: true }),
      WAIT_FOR,
    ],
    examples: [
      { cmd: sample.create },
      { cmd: `${name} create -f ${manyOf(kind)}.yaml`, norun: 'needs a file of yours' },
    ],
    effect: 'writes',
    view: kindView(kind),
    operations: [`POST /api/v1/${path}`],
    async run(context, { args, options }) {
      const [word, version] = args as (string | undefined)[];
      const condition = await conditionOf(context, options, kind);
      if (options.file !== undefined) {
        if (word !== undefined) throw usageError('give either a name, or --file');
        return createFromFile(context, kind, String(options.file), condition);
      }
      const body = await kindBody(kind, options, context.terminal.stdin);
      const named = { ...(word && { name: word }), ...(version && { version }), ...body };
      await createOne(context, kind, named, condition);
    },
  };
}

async function createOne(
  context: CommandContext,
  kind: KindWords,
  body: Record<string, unknown>,
  condition: Condition | undefined,
): Promise<void> {
  const answer = await context.send({ method: 'POST', path: pathOf(kind), body });
  if (!answer) return;
  const made = answer.json<Entry>();
  const done = `created ${made.key} ${made.id}`;
  const entry = await settled(context, { entry: made, of: kind, done, condition });
  const next = `${context.program} ${kind.name} get ${entry.key}`;
  await context.changed(`${done}${heldText(condition)}`, entry, kindView(kind), next);
}

async function createFromFile(
  context: CommandContext,
  kind: KindWords,
  source: string,
  condition: Condition | undefined,
): Promise<void> {
  const bodies = objectsOf(await readDocuments(source, context.terminal.stdin));
  if (bodies.length === 0) throw usageError(`${source} holds no ${nounOf(kind)}`);
  if (bodies.length === 1 && bodies[0]) return createOne(context, kind, bodies[0], condition);
  const made = new Map<Record<string, unknown>, Entry>();
  await runBatch(
    context,
    {
      items: bodies,
      done: 'created',
      name: ({ name, title }) => ({ key: String(name ?? title ?? '') }),
      act: async (body) => {
        const answer = await context.send({ method: 'POST', path: pathOf(kind), body });
        if (answer && condition) made.set(body, answer.json<Entry>());
        return answer;
      },
      settle: (body) => {
        const entry = made.get(body);
        return entry
          ? settled(context, { entry, of: kind, done: `created ${entry.key}`, condition })
          : Promise.resolve();
      },
    },
    'created',
  );
}

export function updateLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  const view = kindView(kind);
  return {
    name: 'update',
    aliases: ['set'],
    summary: `Change ${one}`,
    description:
      'What is not named stays as it is (JSON merge patch). --replace gives it exactly the body of --data instead.\n' +
      'Its state is changed by verbs, its health by reports.',
    arguments: [idArgument(kind)],
    options: [
      ...writingOptions(kind, { asking: false }),
      { flags: '--unset <field>', summary: 'empty a field, e.g. owner or metadata.port', repeatable: true },
      { flags: '--replace', summary: 'replace the whole writable part (PUT)' },
      WAIT_FOR,
      IF_MATCH,
    ],
    examples: [{ cmd: sample.update }, { cmd: `${name} update ${sample.id} --unset description --dry-run` }],
    effect: 'writes',
    view,
    operations: [`PATCH /api/v1/${path}/{id}`, `PUT /api/v1/${path}/{id}`],
    async run(context, { args, options }) {
      const condition = await conditionOf(context, options, kind);
      const unset = (options.unset as string[] | undefined) ?? [];
      const body = withUnset(await kindBody(kind, options, context.terminal.stdin), unset);
      if (Object.keys(body).length === 0) {
        throw usageError('nothing to change', { reason: 'give at least one field, e.g. --owner shop, or --data' });
      }
      const replace = options.replace === true;
      const answer = await context.send({
        method: replace ? 'PUT' : 'PATCH',
        path: pathOf(kind, String(args[0])),
        body,
        contentType: replace ? 'application/json' : 'application/merge-patch+json',
        ifMatch: options.ifMatch as string | undefined,
      });
      if (!answer) return;
      const after = answer.json<Entry>();
      const done = `updated ${after.key} to revision ${after.revision}`;
      const entry = await settled(context, { entry: after, of: kind, done, condition });
      await context.changed(`${done} ${after.id}${heldText(condition)}`, entry, view);
    },
  };
}

export function deleteLeaf(kind: KindWords): LeafSpec {
  const { name, path, sample } = kind;
  return {
    name: 'delete',
    aliases: ['rm'],
    summary: `Delete ${manyOf(kind)}`,
    description:
      'Refused while other entries depend on one, unless --force is given, which has its name typed (--confirm).',
    arguments: [{ ...idArgument(kind, `ids, keys or names of the ${manyOf(kind)}`), variadic: true }],
    options: [
      { flags: '--force', summary: 'delete although others depend on it', common: true },
      WAIT_DELETED,
      { flags: '--if-match <revision>', summary: 'only if it is still at this revision' },
    ],
    examples: [{ cmd: `${name} delete ${sample.id} --yes` }],
    effect: 'deletes',
    severe: true,
    view: bulkResultView,
    operations: [`DELETE /api/v1/${path}/{id}`],
    async run(context, { args, options }) {
      const condition = await conditionOf(context, options, kind, { onlyGo: true });
      const ids = args[0] as string[];
      const what = ids.length === 1 ? `${nounOf(kind)} ${ids[0]}` : `${ids.length} ${manyOf(kind)}`;
      const force = options.force === true;
      if (!context.dryRun) await confirmDeletion(context, what, { ids, force });
      const how = deletion(context, { of: kind, force, ifMatch: options.ifMatch as string | undefined, condition });
      await runBatch(context, { items: ids, ...how }, `deleted ${ids[0]}`);
    },
  };
}
