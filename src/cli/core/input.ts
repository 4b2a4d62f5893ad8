import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, NOTHING_PIPED, usageError } from './errors.js';
import { ExitCode } from './exit-codes.js';

const MAX_INPUT_BYTES = 64 * 1024 * 1024;

/** Everything on stdin; a terminal there means that nothing was piped in. */
export async function readStdin(stdin: NodeJS.ReadStream, flag: string): Promise<string> {
  if (stdin.isTTY)
    throw new CliError(NOTHING_PIPED, `${flag}: nothing is piped into this command`, {
      exitCode: ExitCode.usage,
      reason: 'standard input is a terminal',
    });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_INPUT_BYTES) throw usageError(`${flag}: more than ${MAX_INPUT_BYTES >> 20} MiB on stdin`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `-f file|-|dir`: every document found, JSON or YAML told by content, with the place it came from. */
export async function readDocuments(
  source: string,
  stdin: NodeJS.ReadStream,
): Promise<{ from: string; value: unknown }[]> {
  if (source === '-') return parseDocuments(await readStdin(stdin, '--file -'), 'stdin');
  let isFolder: boolean;
  try {
    isFolder = statSync(source).isDirectory();
  } catch (cause) {
    throw usageError(`cannot read ${JSON.stringify(source)}`, { reason: (cause as Error).message, cause });
  }
  if (!isFolder) return parseDocuments(readText(source), source);
  const files = readdirSync(source)
    .filter((name) => /\.(json|ya?ml)$/i.test(name))
    .sort();
  if (files.length === 0) throw usageError(`${JSON.stringify(source)} holds no .json, .yaml or .yml file`);
  const all = await Promise.all(files.map((name) => parseDocuments(readText(join(source, name)), join(source, name))));
  return all.flat();
}

/** `--data '{…}'`, `--data @file`, `--data -`. */
export async function readData(text: string, stdin: NodeJS.ReadStream): Promise<unknown> {
  const [content, from] = text.startsWith('@')
    ? [readText(text.slice(1)), text.slice(1)]
    : text === '-'
      ? [await readStdin(stdin, '--data -'), 'stdin']
      : [text, '--data'];
  const documents = await parseDocuments(content, from);
  if (documents.length !== 1) throw usageError(`${from} must hold one document, not ${documents.length}`);
  return documents[0].value;
}

/** JSON first (it is also YAML, but a hundred milliseconds cheaper); lists are taken apart. */
async function parseDocuments(text: string, from: string): Promise<{ from: string; value: unknown }[]> {
  const values = /^\s*[[{]/.test(text) ? parseJson(text, from) : await parseYaml(text, from);
  return values.flatMap((value) => (Array.isArray(value) ? value : [value])).map((value) => ({ from, value }) as const);
}

function parseJson(text: string, from: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch (cause) {
    const lines = text.trim().split('\n');
    if (lines.length > 1) {
      try {
        return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as unknown);
      } catch {
        // Neither one document nor one a line: the first message says where.
      }
    }
    throw usageError(`${from} is not valid JSON`, { reason: (cause as Error).message, cause });
  }
}

async function parseYaml(text: string, from: string): Promise<unknown[]> {
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(text, { maxAliasCount: 100 } as never);
  const list = Array.isArray(documents) ? documents : [];
  for (const document of list) {
    const error = document.errors[0];
    if (error) throw usageError(`${from} is not valid YAML`, { reason: error.message.split('\n')[0], cause: error });
  }
  return list.map((document) => document.toJS({ maxAliasCount: 100 }) as unknown).filter((value) => value != null);
}

function readText(path: string): string {
  try {
    if (statSync(path).size > MAX_INPUT_BYTES) throw new Error(`it is larger than ${MAX_INPUT_BYTES >> 20} MiB`);
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw usageError(`cannot read ${JSON.stringify(path)}`, { reason: (cause as Error).message, cause });
  }
}
