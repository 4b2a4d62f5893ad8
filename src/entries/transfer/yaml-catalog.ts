import { Composer, Lexer, Parser } from 'yaml';
import type { Document } from 'yaml';
import { InvalidError } from '../../platform/errors/registry-error.js';
import type { FieldError } from '../../platform/errors/registry-error.js';
import { MOST_DEPTH, assertPlainData } from '../../platform/http/plain-data.js';

export const LISTS = ['entries', 'relationships'] as const;
export type TransferList = (typeof LISTS)[number];

/** An item of a catalog: its value as JSON, or what is wrong with it. */
export type YamlItem = { list: TransferList } & ({ json: string } | { detail: string; errors: FieldError[] });

/** Tokens the parser holds per level of nesting, and those of the lists around an item. */
const MOST_OPEN = 2 * MOST_DEPTH + 8;

const broken = (message: string): InvalidError => InvalidError.field('body', message);

/**
 * The items of a catalog in YAML. Takes seconds and hundreds of megabytes for what is large, so it is not called where
 * requests are answered, but by {@link yamlItems}'s worker.
 */
export function yamlCatalog(text: string): YamlItem[] {
  const content = valueOf(text);
  const items: YamlItem[] = [];
  for (const list of LISTS) {
    const values = content[list] ?? [];
    if (!Array.isArray(values)) throw InvalidError.field(list, 'must be a list');
    for (const value of values) items.push(itemOf(list, value, items.length));
  }
  return items;
}

function itemOf(list: TransferList, value: unknown, index: number): YamlItem {
  try {
    assertPlainData(value, String(index));
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error;
    return { list, detail: error.message, errors: error.errors ?? [] };
  }
  return { list, json: JSON.stringify(value) };
}

function valueOf(text: string): Record<string, unknown> {
  const document = documentOf(text);
  const [error] = document.errors;
  if (error) throw broken(`is not valid YAML: ${error.message.slice(0, 200)}`);
  const value = unfolded(document);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw broken('must hold the lists entries and relationships');
  for (const name of Object.keys(value))
    if (!(LISTS as readonly string[]).includes(name))
      throw InvalidError.field(name.slice(0, 100), 'is not a known list; there are entries and relationships');
  return value as Record<string, unknown>;
}

function documentOf(text: string): Document.Parsed {
  // Keys are not compared with all before them (a repeated one counts last), and no tag makes dates, sets or binaries.
  const composer = new Composer({ prettyErrors: false, stringKeys: true, uniqueKeys: false, schema: 'core' });
  let found: Document.Parsed | undefined;
  for (const document of composer.compose(tokens(text), true, text.length)) {
    if (found) throw broken('holds more than one YAML document');
    found = document;
  }
  return found!;
}

/** Composing calls itself for every level: what is nested too deep is refused before. */
function* tokens(text: string): ReturnType<Parser['parse']> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MOST_OPEN) throw broken(`is nested deeper than ${MOST_DEPTH} levels`);
  }
  yield* parser.end();
}

function unfolded(document: Document.Parsed): unknown {
  try {
    // An alias may stand for itself many times over: a few lines could unfold to gigabytes.
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw broken('uses too many YAML aliases');
  }
}
