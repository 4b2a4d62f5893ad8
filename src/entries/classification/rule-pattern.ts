import { RE2JS } from 're2js';
import { InvalidError } from '../../platform/errors/registry-error.js';

/** Longest expression a rule may have, in characters. */
export const PATTERN_LIMIT = 1000;
/** `a{1000}{1000}` is linear in the text but not in itself: what the compiled program may hold. */
const PROGRAM_LIMIT = 2_000;
/** Bounding alternatives to whole words makes the program longer, but no slower: the edges are passed in turn. */
const BOUND_PROGRAM_LIMIT = 20_000;
/** Alternatives of so few letters match whole words only: `ai` is no part of `html-mailer`. */
const SHORT = 3;

const LITERAL = /^[a-z0-9]+$/i;
const EDGES = ['(?:^|[^a-z0-9])', '(?:$|[^a-z0-9])'] as const;

/** Splits `ab(?:c|d)` into its parts at `(`, `|` and `)`, leaving escapes and character classes whole. */
function partsOf(pattern: string): string[] {
  return pattern.match(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:P?<\w+>|[a-zA-Z-]*:)|[(|)]|[^\\[(|)]+/gs) ?? [pattern];
}

/** The expression with every literal alternative of at most `most` letters bound to whole words. */
export function wholeWords(pattern: string, most: number): string {
  const parts = partsOf(pattern);
  const opens = (part: string | undefined): boolean => part === undefined || part === '|' || part.startsWith('(');
  const closes = (part: string | undefined): boolean => part === undefined || part === '|' || part.startsWith(')');
  const alternation = parts.includes('|');
  return parts
    .map((part, at) =>
      alternation && LITERAL.test(part) && part.length <= most && opens(parts[at - 1]) && closes(parts[at + 1])
        ? EDGES.join(part)
        : part,
    )
    .join('');
}

/** A leading or trailing `.*` says nothing in a search and costs time in every one. */
const trimmed = (pattern: string): string => pattern.replace(/^(?:\.\*)+/, '').replace(/(?<!\\)(?:\.\*)+$/, '');

function compile(pattern: string, limit = PROGRAM_LIMIT): RE2JS {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw InvalidError.field('match', `is no RE2 expression (no look-around, no back-references): ${reason}`);
  }
  if (compiled.programSize() > limit)
    throw InvalidError.field('match', 'is too large once its repetitions are written out');
  return compiled;
}

type Test = (text: string) => boolean;

interface Search {
  test: Test;
  cost: number;
}

/**
 * One alternation, without repetition or escapes: a backtracking engine has no more ways through it than it has
 * alternatives. A second group would multiply them: `(.|a)(.|a)…` has a million ways after twenty.
 */
const ONE_ALTERNATION = /^[\w\s.|/@:?-]*(?:\((?:\?:)?[\w\s.|/@:?-]*\)[\w\s.|/@:?-]*)?$/;
/** Each doubles the ways. */
const MOST_OPTIONAL = 4;

const isSimple = (pattern: string): boolean =>
  ONE_ALTERNATION.test(pattern) &&
  !/(?:^|[(|?])\?(?!:)/.test(pattern) &&
  pattern.replace('(?:', '(').split('?').length <= MOST_OPTIONAL + 1;

/** V8's engine, 200 times faster here, where it is as safe; RE2's automaton for everything else. */
function searchFor(pattern: string, words: string): Search {
  const compiled = compile(words, BOUND_PROGRAM_LIMIT);
  if (!isSimple(pattern)) return { test: (text) => compiled.matcher(text).find(), cost: compiled.programSize() };
  const native = new RegExp(words, 'i');
  return { test: (text) => native.test(text), cost: 0 };
}

/** A rule's expression, compiled: linear in the text whatever the expression (RE2), so no client can stall the service. */
export class RulePattern {
  private readonly names: Search;
  private readonly prose: Search;

  /** @throws InvalidError naming `match` */
  constructor(pattern: string) {
    if (pattern.length > PATTERN_LIMIT)
      throw InvalidError.field('match', `must be at most ${PATTERN_LIMIT} characters`);
    compile(pattern);
    const sought = trimmed(pattern);
    this.names = searchFor(sought, wholeWords(sought, SHORT));
    this.prose = searchFor(sought, wholeWords(sought, Infinity));
  }

  /** Steps of the automaton a character may take; 0 for what needs none. */
  get cost(): number {
    return this.names.cost;
  }

  /** Whether a name or tag matches. */
  matchesName(text: string): boolean {
    return this.names.test(text);
  }

  /** Whether prose matches: there every alternative is a whole word, for "defi" is in "definition". */
  matchesProse(text: string): boolean {
    return this.prose.test(text);
  }
}
