import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';

/** Longer texts match no pattern: what a request costs is bounded. */
export const MOST_MATCHED = 8192;
const patterns = new LRUCache<string, RE2JS>({ max: 5000 });

/** In RE2 syntax, whose matching takes linear time. @throws when it cannot be read */
export function patternOf(text: string): RE2JS {
  const known = patterns.get(text);
  if (known) return known;
  const made = RE2JS.compile(text);
  patterns.set(text, made);
  return made;
}

export const isPattern = (text: string): boolean => {
  try {
    patternOf(text);
    return true;
  } catch {
    return false;
  }
};

/** Whether the whole text matches. */
export const matchesWhole = (pattern: RE2JS, text: string): boolean =>
  text.length <= MOST_MATCHED && pattern.matcher(text).matches();
