import { parseCount } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { given } from '../kinds/kind-request.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { FILE_OPTION, TEXT, givenText } from './ai-text.js';
import { questionFor } from './batch-answer.js';

const PATH = '/api/v1/ai/feedback';
const MOST_SHOWN = 60;

interface Told extends Record<string, unknown> {
  id: string;
  text: string;
  category: string | null;
  feature: string | null;
}

const toldView: View<Told> = {
  fields: ['id', 'text', 'category', 'feature', 'actor', 'created_at'],
  columns: [
    column('ID', 'id'),
    column('CATEGORY', 'category'),
    column('FEATURE', 'feature'),
    { title: 'TEXT', value: ({ text }) => shortened(text) },
    column('BY', 'actor', { wide: true }),
    column('AT', 'created_at', { wide: true }),
  ],
  name: ({ id }) => id,
};

const shortened = (text: string): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN - 1)}…` : line;
};

const listLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List what was told, the oldest first',
  options: [
    { flags: '--limit <n>', summary: 'at most so many (default 50)', common: true },
    { flags: '--offset <n>', summary: 'leave out the first n' },
  ],
  examples: [{ cmd: 'ai feedback list --limit 20' }],
  effect: 'reads',
  view: toldView,
  operations: [`GET ${PATH}`],
  async run(context, { options }) {
    const limit = options.limit === undefined ? 50 : parseCount(String(options.limit), '--limit', 1, 1000);
    const offset = options.offset === undefined ? undefined : parseCount(String(options.offset), '--offset', 0, 10_000);
    const client = await context.client();
    const told = await client.json<Told[]>({ method: 'GET', path: PATH, query: { limit, offset } });
    await context.list(told, toldView);
    if (told.length === 0) context.notice('nothing was told yet');
    else if (told.length === limit) context.notice(`showing ${limit}; use --offset for more`);
  },
};

const addLeaf: LeafSpec = {
  name: 'add',
  summary: 'Tell what a text is; from then on texts like it are taken for the same',
  arguments: [TEXT],
  options: [
    {
      flags: '--category <category>',
      summary: 'its category: service, pipeline, webhook, …',
      completes: 'type',
      common: true,
    },
    { flags: '--feature <feature>', summary: 'its feature category', common: true },
    FILE_OPTION,
  ],
  examples: [
    { cmd: 'ai feedback add "Nightly job that books payments" --category pipeline --feature data-engineering' },
  ],
  effect: 'writes',
  view: toldView,
  operations: [`POST ${PATH}`],
  async run(context, invocation) {
    const { category, feature } = invocation.options;
    if (category === undefined && feature === undefined)
      throw usageError('say what it is: --category, --feature or both');
    const text = await givenText(context, invocation);
    const answer = await context.send({ method: 'POST', path: PATH, body: given({ text, category, feature }) });
    if (!answer) return;
    const told = answer.json<Told>();
    const said = [told.category, told.feature].filter((one) => one !== null).join(', ');
    await context.changed(
      `texts like it are taken for ${said} (${told.id})`,
      told,
      toldView,
      `${context.program} ai classify <text>`,
    );
  },
};

const deleteLeaf: LeafSpec = {
  name: 'delete',
  aliases: ['rm'],
  summary: 'Forget what was told of a text',
  arguments: [{ name: 'id', summary: 'as the list shows it', required: true, completes: 'feedback' }],
  examples: [{ cmd: 'ai feedback delete 0192f0c1-7c3a-7a10-9d5e-0242ac120002', norun: 'the id is of your own list' }],
  effect: 'deletes',
  operations: [`DELETE ${PATH}/{id}`],
  async run(context, { args }) {
    const id = String(args[0]);
    if (!context.dryRun) await context.confirm(questionFor(context, `Forget what was told as ${id}`));
    const answer = await context.send({ method: 'DELETE', path: `${PATH}/${encodeURIComponent(id)}` });
    if (answer) await context.say(`${id} is forgotten`, { id, deleted: true });
  },
};

export const feedbackGroup: GroupSpec = {
  name: 'feedback',
  summary: 'What people said of texts: examples for the classification',
  children: [listLeaf, addLeaf, deleteLeaf],
};
