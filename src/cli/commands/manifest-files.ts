import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../core/errors.js';
import { readStdin } from '../core/input.js';

/** What the manifest of a plugin is called in its folder. */
const NAMES = ['plugin.yaml', 'plugin.yml', 'plugin.json', 'manifest.yaml', 'manifest.yml', 'manifest.json'];
const MAX_BYTES = 1 << 20;

/** One manifest: a file, the folder of a plugin, or - for standard input; sent as it is, with its comments. */
export async function manifestText(source: string, stdin: NodeJS.ReadStream): Promise<string> {
  if (source === '-') return readStdin(stdin, '-');
  if (!isFolder(source)) return textOfFile(source);
  const name = NAMES.find((one) => existsSync(join(source, one)));
  if (name === undefined) {
    throw usageError(`${JSON.stringify(source)} holds no manifest`, { reason: `looked for ${NAMES.join(', ')}` });
  }
  return textOfFile(join(source, name));
}

/** The manifests of a file or of every YAML and JSON file in a folder, as documents of one YAML text. */
export async function manifestDocuments(source: string, stdin: NodeJS.ReadStream): Promise<string> {
  if (source === '-' || !isFolder(source)) return manifestText(source, stdin);
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(json|ya?ml)$/i.test(name))
    .sort();
  if (files.length === 0) throw usageError(`${JSON.stringify(source)} holds no .json, .yaml or .yml file`);
  return joined(files.map((name) => textOfFile(join(source, name))));
}

/** JSON is YAML too: any of them are documents of one text. */
export function joined(texts: readonly string[]): string {
  return texts.map((text) => text.replace(/^---\s*\n/, '').trimEnd()).join('\n---\n') + '\n';
}

export function contentTypeOf(text: string): string {
  try {
    JSON.parse(text);
    return 'application/json';
  } catch {
    return 'application/yaml';
  }
}

function isFolder(source: string): boolean {
  try {
    return statSync(source).isDirectory();
  } catch (cause) {
    throw usageError(`cannot read ${JSON.stringify(source)}`, { reason: (cause as Error).message, cause });
  }
}

/** A file that is not large. */
export function textOfFile(path: string): string {
  try {
    if (statSync(path).size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES >> 20} MiB`);
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw usageError(`cannot read ${JSON.stringify(path)}`, { reason: (cause as Error).message, cause });
  }
}
