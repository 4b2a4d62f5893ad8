/** `rel="next"` of a Link header (RFC 8288): where the next page of a list begins; undefined on the last one. */
export function nextPage(link: string | null | undefined): { cursor: string } | { offset: number } | undefined {
  const match = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '');
  if (!match?.[1]) return undefined;
  const parameters = new URL(match[1], 'http://registry').searchParams;
  const cursor = parameters.get('cursor');
  if (cursor !== null) return { cursor };
  const offset = parameters.get('offset');
  return offset === null ? undefined : { offset: Number(offset) };
}
