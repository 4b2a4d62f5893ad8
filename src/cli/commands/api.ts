import { nextPage } from '../../client/links.js';
import type { RegistryRequest, RegistryResponse } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import { cellText } from '../output/fields.js';
import { column, type View } from '../output/view.js';
import { HTTP_METHODS } from '../spec/http-methods.js';
import type { LeafSpec } from '../spec/types.js';
import { isReading, requestOf } from './api-request.js';

type Row = Record<string, unknown>;

export const apiCommand: LeafSpec = {
  name: 'api',
  summary: 'Send any request to the API',
  description:
    'For what has no command of its own. A path without a leading slash stands below /api/v1/. The answer is printed as\n' +
    'it came; --fields and -o jsonl, yaml, csv or template show an answer in JSON as other commands show theirs.',
  arguments: [
    { name: 'method', summary: HTTP_METHODS.join(', '), required: true, completes: HTTP_METHODS },
    { name: 'path', summary: 'e.g. entities or /api/v1/entities?limit=5', required: true },
  ],
  options: [
    {
      flags: '-f, --field <field=value>',
      summary: 'one field of the body, of GET one parameter; JSON is taken as such',
      repeatable: true,
      common: true,
    },
    { flags: '--raw-field <field=value>', summary: 'the same, whose value is always text', repeatable: true },
    { flags: '--data <json>', summary: 'body: JSON or YAML, @file, or - for stdin', common: true },
    { flags: '--input <file>', summary: 'body as it stands in a file, or - for stdin' },
    { flags: '--query <name=value>', summary: 'one query parameter', repeatable: true, common: true },
    { flags: '-H, --header <line>', summary: "a header, 'Name: value'", repeatable: true, common: true },
    { flags: '--if-match <revision>', summary: 'If-Match header' },
    { flags: '-i, --include', summary: 'show status and headers too', common: true },
    { flags: '--paginate', summary: 'every page of a list, as one list', common: true },
  ],
  examples: [
    { cmd: 'api GET entities --query limit=5' },
    { cmd: 'api GET entities -f type=plugin --paginate --fields key,status -o csv' },
    {
      cmd: 'api POST relationships --data \'{"source_id":"svc_a","target_id":"svc_b","type":"depends_on"}\' --dry-run',
    },
    { cmd: "api POST entities -f type=model -f name=ranker -H 'Idempotency-Key: once-1' --dry-run" },
    { cmd: 'api GET /health' },
  ],
  effect: 'writes',
  async run(context, { args, options }) {
    const request = await requestOf(context, args as string[], options);
    const include = options.include === true;
    if (options.paginate === true) {
      if (request.method !== 'GET' || include) throw usageError('--paginate goes with GET, and without --include');
      return paginate(context, request);
    }
    const answer = isReading(request.method)
      ? await (await context.client()).request(request)
      : await context.send(request);
    if (!answer) return;
    if (include) {
      const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
      await context.writeRaw(`HTTP ${answer.status}\n${headers.join('\n')}\n\n`);
    }
    await show(context, answer);
  },
};

async function show(context: CommandContext, answer: RegistryResponse): Promise<void> {
  if (isShaped(context) && isJson(answer)) {
    const value = answer.json<unknown>();
    if (isRows(value)) return context.list(value, viewOf(value));
    if (isRow(value)) return context.one(value, viewOf([value]));
  }
  await context.writeRaw(answer.body);
  if (context.terminal.stdout.isTTY && answer.body.length > 0 && answer.body.at(-1) !== 10)
    await context.writeRaw('\n');
}

/** Page after page as one list: in the memory of one page, unless the output needs all of them. */
async function paginate(context: CommandContext, request: RegistryRequest): Promise<void> {
  const client = await context.client();
  const shaped = isShaped(context) && context.format.name !== 'jsonl';
  const held: Row[] = [];
  let query = { ...request.query };
  for (let count = 0; ;) {
    const answer = await client.request({ ...request, query });
    const page = isJson(answer) ? answer.json<unknown>() : undefined;
    if (!isRows(page)) {
      if (count === 0) return show(context, answer);
      throw usageError('the next page is no list');
    }
    const next = nextPage(answer.headers.link as string | undefined);
    if (shaped) held.push(...page);
    else if (isShaped(context)) await context.list(page, viewOf(page));
    else {
      const start = count === 0 ? '[\n' : page.length > 0 ? ',\n' : '';
      await context.writeRaw(start + page.map((row) => JSON.stringify(row)).join(',\n'));
      if (!next) await context.writeRaw('\n]\n');
    }
    count += page.length;
    if (!next) break;
    query = { ...query, cursor: undefined, offset: undefined, ...next };
  }
  if (shaped) await context.list(held, viewOf(held));
}

/** Whether the answer is to be shown as records, and not as it came. */
function isShaped(context: CommandContext): boolean {
  const { flags, format, quiet } = context;
  return quiet || flags.fields !== undefined || ['jsonl', 'yaml', 'csv', 'template'].includes(format.name);
}

const isJson = ({ headers, body }: RegistryResponse): boolean =>
  body.length > 0 && /[/+]json\b/.test(headers['content-type'] ?? '');

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

const isRows = (value: unknown): value is Row[] => Array.isArray(value) && value.every(isRow);

/** Of whatever the answer has. */
function viewOf(rows: readonly Row[]): View<Row> {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    fields,
    columns: fields.map((field) => column(field.toUpperCase(), field)),
    name: (row) => cellText(row.id ?? row.key ?? row.name),
  };
}
