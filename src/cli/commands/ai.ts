import { parseCount } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { given } from '../kinds/kind-request.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { feedbackGroup } from './ai-feedback.js';
import { FILE_OPTION, TEXT, askEngine, givenText } from './ai-text.js';

const ENTITY_TYPES = [
  'technology',
  'entity',
  'version',
  'url',
  'email',
  'ip',
  'port',
  'license',
  'metric',
  'person',
  'organisation',
];
const SHOWN_NUMBERS = 4;

type Row = Record<string, unknown>;

interface Verdict extends Row {
  value: string | null;
  confidence: number;
}

const share = (value: unknown): string => (typeof value === 'number' ? value.toFixed(3) : '');

const verdictView: View<Verdict> = {
  fields: ['of', 'value', 'confidence', 'method', 'reason', 'rule', 'neighbours', 'candidates', 'category', 'feature', 'model', 'calibrated'],
  columns: [
    column('OF', 'of'),
    column('IS', 'value'),
    { title: 'CONFIDENCE', value: ({ confidence }) => share(confidence), right: true },
    column('BY', 'method'),
    column('WHY', 'reason'),
  ],
  name: ({ value }) => value ?? '',
}; // prettier-ignore

const classifyLeaf: LeafSpec = {
  name: 'classify',
  summary: 'Say of what category and feature a text is, how surely and why',
  arguments: [TEXT],
  options: [
    { flags: '--title <title>', summary: 'what it is called', common: true },
    { flags: '--name <name>', summary: 'the name it would be registered by', common: true },
    { flags: '-l, --tag <tag>', summary: 'a tag it has', repeatable: true },
    FILE_OPTION,
  ],
  examples: [{ cmd: 'ai classify "Sends a message to Slack when a build fails"' }],
  effect: 'reads',
  view: verdictView,
  operations: ['POST /api/v1/ai/classify'],
  async run(context, invocation) {
    const { title, name, tag } = invocation.options;
    const alone = title !== undefined || name !== undefined;
    const text = alone && isEmpty(invocation.args[0]) ? undefined : await givenText(context, invocation);
    const answer = await askEngine<Record<'category' | 'feature', Verdict>>(
      context,
      'classify',
      given({ text, title, name, tags: tag }),
    );
    const rows = (['category', 'feature'] as const).map((of) => ({ of, ...answer[of] }));
    if (!context.quiet && ['json', 'jsonl', 'yaml'].includes(context.format.name)) {
      await context.one({ ...answer } as unknown as Verdict, { ...verdictView, fields: Object.keys(answer) });
    } else {
      await context.list(rows, verdictView);
    }
  },
};

const isEmpty = (words: unknown): boolean => !Array.isArray(words) || words.length === 0;

const entityView: View = {
  fields: ['type', 'text', 'value', 'start', 'end', 'detail'],
  columns: [
    column('TYPE', 'type'),
    column('TEXT', 'text'),
    column('VALUE', 'value'),
    column('START', 'start', { right: true }),
    column('END', 'end', { right: true, wide: true }),
    { title: 'DETAIL', value: ({ detail }) => (detail ? JSON.stringify(detail) : ''), wide: true },
  ],
  name: ({ value }) => String(value),
};

const extractLeaf: LeafSpec = {
  name: 'extract',
  summary: 'Find what a text names: technologies, entries, versions, licences, people …',
  arguments: [TEXT],
  options: [
    {
      flags: '--type <type>',
      summary: `only ${ENTITY_TYPES.join(', ')}`,
      completes: ENTITY_TYPES,
      repeatable: true,
      common: true,
    },
    FILE_OPTION,
  ],
  examples: [
    { cmd: 'ai extract "Runs on PostgreSQL 15, port 5432, under Apache-2.0"' },
    { cmd: 'ai extract --type technology "Kafka and Redis on Kubernetes" -o name' },
  ],
  effect: 'reads',
  view: entityView,
  operations: ['POST /api/v1/ai/extract'],
  async run(context, invocation) {
    const types = invocation.options.type as string[] | undefined;
    const text = await givenText(context, invocation);
    const answer = await askEngine<{ entities: Row[]; truncated: boolean }>(context, 'extract', given({ text, types }));
    await context.list(answer.entities, entityView);
    if (answer.entities.length === 0) context.notice('nothing found');
    if (answer.truncated) context.notice('people and organisations were looked for in the beginning of the text only');
  },
};

const summaryView: View = {
  fields: ['text', 'start', 'end', 'score'],
  columns: [
    { title: 'SCORE', value: ({ score }) => share(score), right: true },
    { title: 'SENTENCE', value: ({ text }) => String(text).replace(/\s+/g, ' ') },
  ],
  name: ({ text }) => String(text).replace(/\s+/g, ' '),
};

const summarizeLeaf: LeafSpec = {
  name: 'summarize',
  aliases: ['summarise'],
  summary: 'Choose the sentences of a text that stand best for it',
  description: '-o name prints the sentences alone.',
  arguments: [TEXT],
  options: [{ flags: '--sentences <n>', summary: 'how many (default 3)', common: true }, FILE_OPTION],
  examples: [
    {
      cmd: 'ai summarize --sentences 1 "It scores card payments. The payments come from Kafka. Mondays are bad." -o name',
    },
  ],
  effect: 'reads',
  view: summaryView,
  operations: ['POST /api/v1/ai/summarize'],
  async run(context, invocation) {
    const { sentences: wanted } = invocation.options;
    const sentences = wanted === undefined ? undefined : parseCount(String(wanted), '--sentences', 1, 50);
    const text = await givenText(context, invocation);
    const answer = await askEngine<{ sentences: Row[]; of: number }>(context, 'summarize', given({ text, sentences }));
    await context.list(answer.sentences, summaryView);
    context.notice(`${answer.sentences.length} of ${answer.of} sentences`);
  },
};

const tagView: View = {
  fields: ['tag', 'score', 'sources', 'neighbours'],
  columns: [
    { title: 'SCORE', value: ({ score }) => share(score), right: true },
    column('TAG', 'tag'),
    { title: 'FROM', value: ({ sources }) => (Array.isArray(sources) ? sources.join(', ') : '') },
    column('LIKE ENTRIES', 'neighbours', { right: true }),
  ],
  name: ({ tag }) => String(tag),
};

const tagsLeaf: LeafSpec = {
  name: 'tags',
  summary: 'Suggest tags for a text, by like entries and by its own words',
  arguments: [TEXT],
  options: [{ flags: '--limit <n>', summary: 'at most so many (default 10)', common: true }, FILE_OPTION],
  examples: [{ cmd: 'ai tags "Reads card payments from Kafka and scores them" --limit 5' }],
  effect: 'reads',
  view: tagView,
  operations: ['POST /api/v1/ai/tags'],
  async run(context, invocation) {
    const wanted = invocation.options.limit;
    const limit = wanted === undefined ? undefined : parseCount(String(wanted), '--limit', 1, 50);
    const text = await givenText(context, invocation);
    const { tags, neighbours } = await askEngine<{ tags: Row[]; neighbours: boolean }>(context, 'tags', given({ text, limit })); // prettier-ignore
    await context.list(tags, tagView);
    if (!neighbours) context.notice('there is no index of entries to ask: the tags are of the text alone');
  },
};

const vectorView: View = {
  fields: ['text', 'vector', 'model'],
  columns: [
    column('TEXT', 'text'),
    { title: 'VECTOR', value: ({ vector }) => beginningOf(vector) },
    column('MODEL', 'model', { wide: true }),
  ],
  name: ({ vector }) => JSON.stringify(vector),
};

const beginningOf = (vector: unknown): string =>
  Array.isArray(vector) ? `${vector.slice(0, SHOWN_NUMBERS).join(' ')} … (${vector.length})` : '';

const embedLeaf: LeafSpec = {
  name: 'embed',
  summary: 'Turn texts into vectors of 384 numbers',
  description: 'Each argument is a text. -o jsonl prints a line a text.',
  arguments: [{ name: 'text', summary: 'texts, each in quotes', required: true, variadic: true }],
  options: [{ flags: '--query', summary: 'embed them as questions, for models that tell the two apart', common: true }],
  examples: [{ cmd: 'ai embed "card payments" "fraud scoring" -o jsonl' }],
  effect: 'reads',
  view: vectorView,
  operations: ['POST /api/v1/ai/embed'],
  async run(context, { args, options }) {
    const texts = args[0] as string[];
    if (texts.some((text) => text.trim() === '')) throw usageError('an empty text has no vector');
    const body = given({ texts, kind: options.query ? 'query' : undefined });
    const { vectors, model } = await askEngine<{ vectors: unknown[]; model: string }>(context, 'embed', body);
    await context.list(
      texts.map((text, at) => ({ text, vector: vectors[at], model })),
      vectorView,
    );
  },
};

const statusView: View = {
  fields: ['provider', 'model', 'dimensions', 'ok', 'detail', 'queue_depth', 'indexes', 'text_model', 'calibrated', 'examples', 'cache'],
  columns: [
    column('PROVIDER', 'provider'),
    column('MODEL', 'model'),
    column('OK', 'ok'),
    column('WAITING', 'queue_depth', { right: true }),
    column('EXAMPLES', 'examples', { right: true }),
    column('DETAIL', 'detail'),
  ],
  name: ({ model }) => String(model ?? ''),
}; // prettier-ignore

const statusLeaf: LeafSpec = {
  name: 'status',
  summary: 'Show the model, whether it answers and how much waits for it',
  examples: [{ cmd: 'ai status' }],
  effect: 'reads',
  view: statusView,
  operations: ['GET /api/v1/ai/status'],
  async run(context) {
    const client = await context.client();
    await context.one(await client.json<Row>({ method: 'GET', path: '/api/v1/ai/status' }), statusView);
  },
};

export const aiCommand: GroupSpec = {
  name: 'ai',
  summary: 'What a text is, names and says, by the engine of the registry',
  children: [classifyLeaf, extractLeaf, summarizeLeaf, tagsLeaf, embedLeaf, statusLeaf, feedbackGroup],
};
