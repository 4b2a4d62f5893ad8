import { Composer, Lexer, Parser } from 'yaml';
import type { Document } from 'yaml';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { MOST_DEPTH } from '../../platform/http/plain-data.js';

/** Tokens the parser holds per level of nesting, and those of the lists around an item. */
const MOST_OPEN = 2 * MOST_DEPTH + 8;

const broken = (message: string): InvalidError => InvalidError.field('body', message);

/**
 * The documents of a YAML text that nobody vouches for, one by one. Reading costs about 10 µs a token: where requests are
 * answered, `mostTokens` says how many there may be.
 * @throws InvalidError
 */
export function* yamlDocuments(text: string, mostTokens = Infinity): Generator<Document.Parsed> {
  // Keys are not compared with all before them (a repeated one counts last), and no tag makes dates, sets or binaries.
  const composer = new Composer({ prettyErrors: false, stringKeys: true, uniqueKeys: false, schema: 'core' });
  yield* composer.compose(tokens(text, mostTokens), true, text.length);
}

/** What a document holds, as plain data. @throws InvalidError */
export function yamlValue(document: Document.Parsed): unknown {
  const [error] = document.errors;
  if (error) throw broken(`is not valid YAML: ${error.message.slice(0, 200)}`);
  try {
    // An alias may stand for itself many times over: a few lines could unfold to gigabytes.
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw broken('uses too many YAML aliases');
  }
}

/** Composing calls itself for every level: what is nested too deep is refused before. */
function* tokens(text: string, mostTokens: number): ReturnType<Parser['parse']> {
  const parser = new Parser();
  let read = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++read > mostTokens) throw broken(`holds more than ${mostTokens} tokens of YAML`);
    yield* parser.next(lexeme);
    if (parser.stack.length > MOST_OPEN) throw broken(`is nested deeper than ${MOST_DEPTH} levels`);
  }
  yield* parser.end();
}
