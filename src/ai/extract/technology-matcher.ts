import { SPELLINGS } from './gazetteer.js';
import type { Spelling } from './gazetteer.js';
import type { Mention } from './mention.js';

/** What a name may be made of and be followed by: `node.js`, `C++`, but no `Java` in `JavaScript` and no `go` in `go-to`. */
const TOKEN = /[\p{L}\p{N}.+#][\p{L}\p{N}]*|[+#&'/:]+/gu;
const MOST_LETTERS = 40;
const INNER = /[\p{L}\p{N}_]/u;

const byKey = new Map<string, Spelling[]>();
let longest = 0;
for (const spelling of SPELLINGS) {
  const key = spelling.text.toLowerCase();
  byKey.set(key, [...(byKey.get(key) ?? []), spelling]);
  longest = Math.max(longest, key.length);
}
/** A first word tells whether it is worth going on. */
const firstWords = new Set([...byKey.keys()].map((key) => firstWordOf(key)));

function firstWordOf(text: string): string {
  return /^[.]?[\p{L}\p{N}]+/u.exec(text)?.[0] ?? text;
}

/** What may follow a name after a hyphen without making another name of it. */
const QUALIFIES = /^-(?:aware|backed|based|compatible|driven|like|native|only|powered|ready|specific|style|to)\b/i;

/** In the middle of a word, or of another name such as `java-common` or `redis.conf`, there is no mention. */
function bounded(text: string, start: number, end: number): boolean {
  const before = text[start - 1] ?? ' ';
  const after = text[end] ?? ' ';
  if (INNER.test(before) || INNER.test(after) || /[+#]/.test(after)) return false;
  if (/[-@.+#]/.test(before) && INNER.test(text[start - 2] ?? ' ')) return false;
  return !/[-.@]/.test(after) || !INNER.test(text[end + 1] ?? ' ') || QUALIFIES.test(text.slice(end, end + 12));
}

function longestAt(text: string, start: number): Mention | undefined {
  const stretch = text.slice(start, start + Math.min(longest, MOST_LETTERS));
  for (let size = stretch.length; size > 0; size--) {
    const written = stretch.slice(0, size);
    const spelling = byKey.get(written.toLowerCase())?.find(({ exact, text: usual }) => !exact || usual === written);
    if (!spelling || !bounded(text, start, start + size)) continue;
    const { name, area } = spelling;
    return { type: 'technology', text: written, start, end: start + size, value: name, detail: { area } };
  }
  return undefined;
}

/** Technologies of the shipped list, the longest name at each place. */
export function technologiesIn(text: string): Mention[] {
  const found: Mention[] = [];
  let end = 0;
  for (const { index, 0: token } of text.matchAll(TOKEN)) {
    if (index < end || !firstWords.has(firstWordOf(token.toLowerCase()))) continue;
    const mention = longestAt(text, index);
    if (!mention) continue;
    found.push(mention);
    end = mention.end;
  }
  return found;
}
