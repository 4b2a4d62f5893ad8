import { RE2JS } from 're2js';
import { LIMITS } from '../limits.js';

/** Once its repetitions are written out; a search takes at most this many steps a character. */
const PROGRAM_LIMIT = 2000;
/** Characters of a text that patterns are tried on. */
const TEXT_LIMIT = 2048;

/**
 * A search by RE2: its time is linear in the text, whatever the pattern. Throws with a reason when the pattern is too
 * large or no RE2 (look-around, back-references). Texts beyond 2048 characters match nothing.
 */
export function patternSearch(pattern: string, caseInsensitive: boolean): (text: string) => boolean {
  if (pattern.length > LIMITS.pattern) throw new Error(`must have at most ${LIMITS.pattern} characters`);
  const compiled = RE2JS.compile(pattern, caseInsensitive ? RE2JS.CASE_INSENSITIVE : 0);
  if (compiled.programSize() > PROGRAM_LIMIT) throw new Error('is too large once its repetitions are written out');
  return (text) => text.length <= TEXT_LIMIT && compiled.test(text);
}
