import { InvalidError } from '../../platform/errors/registry-error.js';

/** Most characters of a query. */
export const MOST_QUERY_LENGTH = 1000;
/** Most words and quoted phrases of a query. */
export const MOST_TERMS = 32;
/** Most words of all terms together: `libc6-dev` is two. Each word of a phrase is looked up and placed. */
export const MOST_WORDS = 64;

export interface Term {
  text: string;
  /** Stood in quotes: its words follow each other, and it is never left out or corrected. */
  phrase: boolean;
  /** `-word`: must not be there. */
  negated: boolean;
}

/** Terms that must all hold. A query is one group, or several with `or` between them. */
export type TermGroup = Term[];

const WORDLIKE = /[\p{L}\p{N}]/u;
const SPACE = /\s/;
/** Where names and tags are cut into words. */
const WORD_CUT = /[-_/.+@:\s]+/;

/**
 * Reads the syntax of web search, as PostgreSQL's `websearch_to_tsquery` has it: words are joined by "and", quotes keep
 * words together, `or` separates alternatives, `-` leaves out. Nothing is a syntax error; what holds no letter or digit
 * is passed over.
 */
export function parseQuery(text: string, field = 'query'): TermGroup[] {
  if (text.length > MOST_QUERY_LENGTH)
    throw InvalidError.field(field, `must not be longer than ${MOST_QUERY_LENGTH} characters`, 'search.query_too_long');
  const groups: TermGroup[] = [[]];
  let terms = 0;
  let words = 0;
  for (const term of tokens(text)) {
    if (!term.phrase && !term.negated && term.text.toLowerCase() === 'or') {
      if (groups.at(-1)!.length > 0) groups.push([]);
      continue;
    }
    if (!WORDLIKE.test(term.text)) continue;
    if (++terms > MOST_TERMS)
      throw InvalidError.field(
        field,
        `must not hold more than ${MOST_TERMS} words or phrases`,
        'search.too_many_terms',
      );
    words += term.text.split(WORD_CUT).filter((word) => WORDLIKE.test(word)).length;
    if (words > MOST_WORDS)
      throw InvalidError.field(field, `must not hold more than ${MOST_WORDS} words`, 'search.too_many_terms');
    groups.at(-1)!.push(term);
  }
  return groups.filter((group) => group.length > 0);
}

function* tokens(text: string): Generator<Term> {
  let at = 0;
  while (at < text.length) {
    if (SPACE.test(text[at])) {
      at++;
      continue;
    }
    const begun = at === 0 || SPACE.test(text[at - 1]);
    const negated = begun && text[at] === '-' && at + 1 < text.length && !SPACE.test(text[at + 1]);
    if (negated) at++;
    const phrase = text[at] === '"';
    // A quote that is never closed holds to the end.
    const end = phrase
      ? endOf(text, at + 1, (char) => char === '"')
      : endOf(text, at, (char) => char === '"' || SPACE.test(char));
    yield { text: text.slice(phrase ? at + 1 : at, end), phrase, negated };
    at = phrase ? end + 1 : end;
  }
}

function endOf(text: string, from: number, stop: (char: string) => boolean): number {
  let at = from;
  while (at < text.length && !stop(text[at])) at++;
  return at;
}

/** What each group reads as a name; a group that leaves something out reads as none. */
export const nameTexts = (groups: readonly TermGroup[]): string[] =>
  groups
    .filter((group) => !group.some((term) => term.negated))
    .map((group) => group.map((term) => term.text.trim().toLowerCase()).join(' '));
