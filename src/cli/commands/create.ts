import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import { readDocuments } from '../core/input.js';
import type { LeafSpec } from '../spec/types.js';
import type { BulkResult } from '../views/bulk-view.js';
import { entryView, type Entry } from '../views/entry-view.js';
import type { Condition } from '../waiting/condition.js';
import { settled } from '../waiting/settle.js';
import { conditionOf, ENTRY, heldText, WAIT_FOR } from '../waiting/wait-option.js';
import { answerBatch } from './batch-answer.js';
import { asObject, ENTRY_OPTIONS, entryBody } from './entry-input.js';

export const createCommand: LeafSpec = {
  name: 'create',
  aliases: ['register'],
  summary: 'Register an entry',
  description:
    'With --file, every document of a JSON or YAML file, of stdin (-) or of a folder becomes an entry.\n' +
    'Without --feature the registry chooses a feature category by its rules and says which rule won.',
  arguments: [
    { name: 'type', summary: 'plugin, service, engine, resource, …', completes: 'type' },
    { name: 'name', summary: 'letters, digits and . _ + -; unique for its type and version' },
    { name: 'version', summary: 'version, if it has one' },
  ],
  options: [
    ...ENTRY_OPTIONS,
    { flags: '-f, --file <file>', summary: 'file, folder or - to read entries from', common: true },
    WAIT_FOR,
  ],
  examples: [
    { cmd: 'create plugin "my-service" 1.0.0' },
    { cmd: 'create service billing 2.3.0 --owner payments --tag core --metadata port=8443' },
    { cmd: 'create -f estate.yaml', note: 'one or many entries', norun: 'needs a file of yours' },
  ],
  effect: 'writes',
  view: entryView,
  operations: ['POST /api/v1/entities', 'POST /api/v1/entities/bulk'],
  async run(context, { args, options }) {
    const [type, name, version] = args as (string | undefined)[];
    const condition = await conditionOf(context, options, ENTRY);
    const named = { ...(type && { type }), ...(name && { name }), ...(version && { version }) };
    if (options.file !== undefined) {
      if (type !== undefined) throw usageError('give either a type and a name, or --file');
      return createFromFile(context, String(options.file), condition);
    }
    const body = { ...(await entryBody(options, context.terminal.stdin)), ...named };
    for (const field of ['type', 'name'] as const) {
      if (body[field] === undefined && !(field === 'name' && 'title' in body)) {
        throw usageError(`missing required argument '${field}'`, {
          usage: `${context.program} create <type> <name> [version] [flags]`,
        });
      }
    }
    return createOne(context, body, condition);
  },
};

async function createOne(
  context: CommandContext,
  body: Record<string, unknown>,
  condition: Condition | undefined,
): Promise<void> {
  const answer = await context.send({ method: 'POST', path: '/api/v1/entities', body });
  if (!answer) return;
  const made = answer.json<Entry>();
  const { classification } = made as { classification?: { feature?: string; rule?: string } | null };
  const chosen = classification?.feature
    ? ` as ${classification.feature} (rule ${classification.rule ?? 'unknown'})`
    : '';
  const done = `created ${made.key}${chosen} ${made.id}`;
  const entry = await settled(context, { entry: made, of: ENTRY, done, condition });
  await context.changed(`${done}${heldText(condition)}`, entry, entryView, `${context.program} get ${entry.key}`);
}

async function createFromFile(
  context: CommandContext,
  source: string,
  condition: Condition | undefined,
): Promise<void> {
  const documents = await readDocuments(source, context.terminal.stdin);
  const bodies = documents.map(({ from, value }) => asObject(value, from));
  if (bodies.length === 0) throw usageError(`${source} holds no entry`);
  if (bodies.length === 1) return createOne(context, bodies[0], condition);
  if (condition) throw usageError('--wait goes with one entry', { reason: `${source} holds ${bodies.length}` });
  const answer = await context.send({
    method: 'POST',
    path: '/api/v1/entities/bulk',
    query: { mode: 'best_effort', on_conflict: 'fail' },
    body: bodies,
  });
  if (!answer) return;
  await answerBatch(context, answer.json<BulkResult[]>(), 'created');
}
