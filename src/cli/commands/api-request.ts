import { readFile } from 'node:fs/promises';
import type { RegistryRequest } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { readData } from '../core/input.js';
import { HTTP_METHODS } from '../spec/http-methods.js';
import { assignments } from './entry-input.js';

export const isReading = (method: string): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method);

const HEADER = /^([!#$%&'*+.^_`|~\w-]+):[\t ]*([\t\x20-\x7e]*)$/;
/** What the connection itself says. */
const NOT_YOURS = ['content-length', 'host', 'connection', 'transfer-encoding'];

/** The request that the words and flags of `api` describe. */
export async function requestOf(
  context: CommandContext,
  words: readonly string[],
  options: Record<string, unknown>,
): Promise<RegistryRequest> {
  const [name = '', text = ''] = words;
  const method = HTTP_METHODS.find((known) => known === name.toUpperCase());
  if (!method)
    throw usageError(`unknown method ${JSON.stringify(name)}`, { reason: `methods: ${HTTP_METHODS.join(', ')}` });
  const { path, query } = target(text, listOf(options.query));
  const headers = headersOf(listOf(options.header));
  const ifMatch = options.ifMatch as string | undefined;
  const request: RegistryRequest = { method, path, query, headers, ifMatch, typed: true };
  const fields = { ...assignments(listOf(options.field), '--field'), ...texts(listOf(options.rawField)) };
  const hasFields = Object.keys(fields).length > 0;
  if (isReading(method)) {
    if (options.data !== undefined || options.input !== undefined)
      throw usageError(`${method} has no body`, { reason: 'give --query or --field, which go into the address' });
    for (const [field, value] of Object.entries(fields))
      query[field] = [typeof value === 'string' ? value : JSON.stringify(value)];
    return { accept: '*/*', ...request };
  }
  if (options.input !== undefined) {
    if (options.data !== undefined || hasFields)
      throw usageError('--input is the whole body: --data and --field do not go with it');
    request.body = await rawBody(context, String(options.input));
    return request;
  }
  if (options.data !== undefined) request.body = await readData(String(options.data), context.terminal.stdin);
  if (hasFields) request.body = { ...(request.body as object | undefined), ...fields };
  if (method === 'PATCH' && headers['content-type'] === undefined) request.contentType = 'application/merge-patch+json';
  return request;
}

const listOf = (option: unknown): readonly string[] => (option as string[] | undefined) ?? [];

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

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value = ''] = HEADER.exec(line) ?? [];
    if (name === undefined) throw usageError(`--header ${JSON.stringify(line)} is not "Name: value"`);
    if (NOT_YOURS.includes(name.toLowerCase()))
      throw usageError(`--header ${name} cannot be set: the connection sets it`);
    headers[name.toLowerCase()] = value.trim();
  }
  return headers;
}

function texts(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw usageError(`--raw-field ${JSON.stringify(pair)} is not field=value`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** The bytes as they stand: NDJSON, or another type than JSON. */
async function rawBody(context: CommandContext, file: string): Promise<Buffer> {
  if (file === '-') return Buffer.from(await context.readStdin('--input -'));
  try {
    return await readFile(file);
  } catch (cause) {
    throw usageError(`cannot read ${JSON.stringify(file)}`, { reason: (cause as Error).message, cause });
  }
}
