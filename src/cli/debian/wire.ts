import type { Need } from './need.js';
import type { DebianPackage, Provided } from './package.js';
import type { Field, LeftOver } from './relations.js';

/** Section `contrib/libs` (area `contrib`) is the tag `libs`; the whole section stays in the metadata. */
export function sectionTag(section: string | undefined): string | undefined {
  const last = section?.split('/').at(-1)?.trim().toLowerCase();
  return last ? last : undefined;
}

/**
 * The entry of a package as JSON, open at the end of its metadata: what nothing satisfies is known only after the last
 * line. Bytes rather than text, so that a whole index lies outside the garbage collector's care.
 */
export function draftOf(source: DebianPackage): Buffer {
  const tag = sectionTag(source.section);
  const text = JSON.stringify({
    type: 'resource',
    name: source.name,
    version: source.version,
    title: source.summary,
    description: source.description,
    tags: tag === undefined ? [] : [tag],
    metadata: {
      origin: 'debian',
      section: source.section,
      homepage: source.homepage,
      maintainer: source.maintainer,
      installed_size: source.installedSize,
      debtags: source.tags?.length ? source.tags : undefined,
    },
  });
  return Buffer.from(text.slice(0, -2));
}

const CLOSED = Buffer.from('}}');

/** The finished line of a bulk request. */
export function entryLine(draft: Buffer, left: ReadonlyMap<Field, LeftOver>): Buffer {
  if (left.size === 0) return Buffer.concat([draft, CLOSED]);
  return Buffer.concat([draft, Buffer.from(leftOverText('unresolved', left) + leftOverText('self', left)), CLOSED]);
}

/** `,"unresolved":{"depends":[[…]]}`; groups met by the package itself stand under `self_relations`. */
function leftOverText(kind: keyof LeftOver, left: ReadonlyMap<Field, LeftOver>): string {
  const fields = [...left].filter(([, groups]) => groups[kind].length > 0);
  if (fields.length === 0) return '';
  const parts = fields.map(([field, groups]) => `"${field}":${listText(groups[kind])}`);
  return `,"${kind === 'self' ? 'self_relations' : kind}":{${parts.join(',')}}`;
}

export function virtualEntryLine(name: string): string {
  return JSON.stringify({
    type: 'resource',
    name,
    title: `${name} (virtual package)`,
    tags: ['virtual'],
    metadata: { origin: 'debian', virtual: true },
  });
}

export const EDGE_TYPES = { depends: 'depends_on', recommends: 'recommends', provides: 'provides' } as const;

/** Every alternative and version constraint stays readable on the edge. The ids are the server's and plain ASCII. */
export function edgeLine(sourceId: string, targetId: string, type: string, needs: readonly Need[]): string {
  return `{"source_id":"${sourceId}","target_id":"${targetId}","type":"${type}","metadata":{"groups":${listText(needs)}}}`;
}

export function providesLine(sourceId: string, targetId: string, provided: readonly Provided[]): string {
  const versions = provided.flatMap(({ version }) => (version === undefined ? [] : [version]));
  const metadata = versions.length > 0 ? `,"metadata":${JSON.stringify({ versions })}` : '';
  return `{"source_id":"${sourceId}","target_id":"${targetId}","type":"${EDGE_TYPES.provides}"${metadata}}`;
}

function listText(needs: readonly Need[]): string {
  return needs.length === 1 ? `[${needs[0].text}]` : `[${needs.map((need) => need.text).join(',')}]`;
}
