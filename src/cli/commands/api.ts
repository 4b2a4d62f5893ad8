import type { RegistryRequest } from '../core/client.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { readData } from '../core/input.js';
import type { LeafSpec } from '../spec/types.js';
import { assignments } from './entry-input.js';

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export const apiCommand: LeafSpec = {
  name: 'api',
  summary: 'Send any request to the API',
  description: 'For what has no command of its own. A path without a leading slash stands below /api/v1/.',
  arguments: [
    { name: 'method', summary: METHODS.join(', '), required: true, completes: METHODS },
    { name: 'path', summary: 'e.g. entities or /api/v1/entities?limit=5', required: true },
  ],
  options: [
    { flags: '--data <json>', summary: 'body: JSON or YAML, @file, or - for stdin', common: true },
    { flags: '--field <field=value>', summary: 'one field of the body', repeatable: true, common: true },
    { flags: '--query <name=value>', summary: 'one query parameter', repeatable: true },
    { flags: '--if-match <revision>', summary: 'If-Match header' },
    { flags: '--include', summary: 'show status and headers too' },
  ],
  examples: [
    { cmd: 'api GET entities --query limit=5' },
    {
      cmd: 'api POST relationships --data \'{"source_id":"svc_a","target_id":"svc_b","type":"depends_on"}\' --dry-run',
    },
    { cmd: 'api GET /health' },
  ],
  effect: 'writes',
  async run(context, { args, options }) {
    const method = METHODS.find((known) => known === String(args[0]).toUpperCase());
    if (!method)
      throw usageError(`unknown method ${JSON.stringify(args[0])}`, { reason: `methods: ${METHODS.join(', ')}` });
    const { path, query } = target(String(args[1]), (options.query as string[] | undefined) ?? []);
    const request: RegistryRequest = { method, path, query, ifMatch: options.ifMatch as string | undefined };
    const fields = options.field as string[] | undefined;
    if (options.data !== undefined) request.body = await readData(String(options.data), context.terminal.stdin);
    if (fields) request.body = { ...(request.body as object | undefined), ...assignments(fields, '--field') };
    if (method === 'PATCH') request.contentType = 'application/merge-patch+json';
    const reading = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
    const answer = reading
      ? await (await context.client()).request({ ...request, accept: '*/*' })
      : await context.send(request);
    if (!answer) return;
    if (options.include === true) {
      const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
      await context.writeRaw(`HTTP ${answer.status}\n${headers.join('\n')}\n\n`);
    }
    await context.writeRaw(answer.body);
    if (context.terminal.stdout.isTTY && answer.body.length > 0 && answer.body.at(-1) !== 10)
      await context.writeRaw('\n');
  },
};

function target(text: string, pairs: readonly string[]): { path: string; query: Record<string, string[]> } {
  if (/^[a-z]+:\/\//i.test(text)) {
    throw new CliError('cli.usage', 'give a path, not a URL', {
      exitCode: ExitCode.usage,
      reason: 'the server comes from --server or the profile',
    });
  }
  const url = new URL(text.startsWith('/') ? text : `/api/v1/${text}`, 'http://registry');
  const query = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of url.searchParams) (query[name] ??= []).push(value);
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw usageError(`--query ${JSON.stringify(pair)} is not name=value`);
    (query[pair.slice(0, at)] ??= []).push(pair.slice(at + 1));
  }
  return { path: url.pathname, query };
}
