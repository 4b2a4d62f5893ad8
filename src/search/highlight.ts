/** Marks no client can send: private-use characters, taken out of the text before PostgreSQL puts them in. */
export const MARK_START = '\uE000';
export const MARK_END = '\uE001';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * A headline as safe HTML: whatever the entry's author wrote is escaped, and the only tags are `<mark>` and `</mark>`
 * around what matched. Null when nothing is marked.
 */
export function toHighlight(headline: string | null): string | null {
  if (!headline?.includes(MARK_START)) return null;
  return headline
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[&<>"']/g, (char) => ENTITIES[char])
    .replaceAll(MARK_START, '<mark>')
    .replaceAll(MARK_END, '</mark>');
}
