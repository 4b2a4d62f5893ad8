import { READING_POSTS, UNKEYED_POSTS } from './generated/posts.js';

let patterns: { reads: RegExp; unkeyed: RegExp } | undefined;

/**
 * What makes a POST to this path safe to send again: an `Idempotency-Key` (`keyed`), nothing, as it only asks (`reads`),
 * or nothing at all (`once`). The path begins at the service's root: `/api/v1/…`.
 */
export function safetyOfPost(path: string): 'keyed' | 'reads' | 'once' {
  patterns ??= { reads: anyOf(READING_POSTS), unkeyed: anyOf(UNKEYED_POSTS) };
  if (patterns.unkeyed.test(path)) return 'once';
  return patterns.reads.test(path) ? 'reads' : 'keyed';
}

/** Whether the registry does what came under an idempotency key once: it keeps the keys of a POST that does not stream. */
export const keepsKeys = (method: string, path: string): boolean => method === 'POST' && safetyOfPost(path) !== 'once';

/** `{id}` stands for one part of a path; the rest that a proxy passes on for any number of them. */
function anyOf(templates: readonly string[]): RegExp {
  const bodies = templates.map((template) => template.replace('{path}', '.+').replace(/\{\w+\}/g, '[^/]+'));
  return new RegExp(`^(?:${bodies.join('|')})$`);
}
