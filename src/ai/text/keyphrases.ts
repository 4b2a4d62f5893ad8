import { STOP_WORDS } from './stop-words.js';

export interface Keyphrase {
  /** In lower case, words parted by one space. */
  phrase: string;
  /** 0 to 1; the best of a text has 1. */
  score: number;
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}+#.'’-]*/gu;
/** What ends a run of words besides stop words. */
const BREAK = /[.,;:!?()[\]{}"“”<>|/\\\n]|\s[-–—]\s/;
const MOST_WORDS = 3;
/** A word of one letter, or of digits alone, is no subject. */
const EMPTY = /^(?:.|[\d.]+)$/u;
/** Where a phrase stands first says how much the text is about it. */
const LATE = 600;

interface Candidate {
  count: number;
  first: number;
  words: string[];
}

/** The runs of words between stop words and punctuation, and the phrases of up to three words within them. */
function candidatesOf(text: string): Map<string, Candidate> {
  const found = new Map<string, Candidate>();
  for (const { words, start } of runsOf(text)) {
    for (let from = 0; from < words.length; from++) {
      for (let size = 1; size <= Math.min(MOST_WORDS, words.length - from); size++) {
        const part = words.slice(from, from + size);
        const phrase = part.join(' ');
        const known = found.get(phrase);
        if (known) known.count++;
        else found.set(phrase, { count: 1, first: start, words: part });
      }
    }
  }
  return found;
}

function runsOf(text: string): { words: string[]; start: number }[] {
  const runs: { words: string[]; start: number }[] = [];
  let run: string[] = [];
  let start = 0;
  let last = 0;
  const close = (): void => {
    if (run.length > 0) runs.push({ words: run, start });
    run = [];
  };
  for (const match of text.matchAll(WORD)) {
    const word = bare(match[0].toLowerCase());
    if (BREAK.test(text.slice(last, match.index))) close();
    last = match.index + match[0].length;
    if (STOP_WORDS.has(word) || EMPTY.test(word)) {
      close();
    } else {
      if (run.length === 0) start = match.index;
      run.push(word);
      if (match[0].endsWith('.')) close();
    }
  }
  close();
  return runs;
}

/** Without the possessive and the signs at its end. From there backwards: a word may be nothing but signs up to its last letter. */
function bare(word: string): string {
  for (let end = word.length; ;) {
    if (/['’]s$/.test(word.slice(Math.max(0, end - 2), end))) end -= 2;
    else if (/[.'’-]$/.test(word.slice(Math.max(0, end - 1), end))) end--;
    else return word.slice(0, end);
  }
}

/**
 * The phrases a text seems to be about, best first: often there, early, and of words that keep company (RAKE's degree). A
 * phrase within a longer one that is there as often is left to it.
 */
export function keyphrasesOf(text: string, most: number): Keyphrase[] {
  const candidates = candidatesOf(text);
  const scored = [...candidates.values()]
    .map(({ count, first, words }) => ({
      phrase: words.join(' '),
      count,
      score: Math.sqrt(words.length) * (1 + Math.log(count)) * (0.5 + 0.5 * Math.exp(-first / LATE)),
    }))
    .sort((a, b) => b.score - a.score || (a.phrase < b.phrase ? -1 : 1));
  const kept: typeof scored = [];
  for (const one of scored) {
    if (kept.length === most) break;
    if (kept.some(({ phrase, count }) => count >= one.count && overlaps(phrase, one.phrase))) continue;
    kept.push(one);
  }
  return kept.map(({ phrase, score }) => ({ phrase, score: score / kept[0].score }));
}

/** One within the other, or with two words in common: parts of one longer name. */
function overlaps(one: string, other: string): boolean {
  if (` ${one} `.includes(` ${other} `) || ` ${other} `.includes(` ${one} `)) return true;
  const words = new Set(one.split(' '));
  return other.split(' ').filter((word) => words.has(word)).length > 1;
}
