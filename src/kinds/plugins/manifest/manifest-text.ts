import { yamlDocuments, yamlValue } from '../../../entries/transfer/yaml-documents.js';
import { InvalidError, TooLargeError } from '../../../platform/errors/registry-error.js';
import { assertPlainData } from '../../../platform/http/plain-data.js';

/** Characters of one manifest: more than every field of a plugin may hold together. */
export const MANIFEST_LIMIT = 256 * 1024;
/** Words, punctuation and white space; read in a fifth of a second at most. */
const MOST_TOKENS = 20_000;
/** A line of three dashes begins a document wherever it stands, inside of a block of text too. */
const SEPARATOR = /^---(?=\s|$)/m;

/** The one manifest of a YAML text. @throws InvalidError; TooLargeError */
export function manifestFromYaml(text: string): unknown {
  if (text.length > MANIFEST_LIMIT)
    throw new TooLargeError(`A manifest is read up to ${MANIFEST_LIMIT} characters.`, MANIFEST_LIMIT);
  let found: unknown;
  for (const document of yamlDocuments(text, MOST_TOKENS)) {
    const value = yamlValue(document);
    if (value === null) continue;
    if (found !== undefined)
      throw InvalidError.field(
        'body',
        'holds more than one YAML document; POST /api/v1/plugins/discover takes several',
      );
    found = value;
  }
  if (found === undefined) throw InvalidError.field('body', 'holds no YAML document');
  assertPlainData(found);
  return found;
}

/** The texts of the documents of a YAML stream, empty ones left out. */
export const yamlPieces = (text: string): string[] =>
  text.split(SEPARATOR).filter((piece) => piece.replace(/^\s*#.*$/gm, '').trim() !== '');
