import type { EventRow } from './event-row.js';

/** One message of the feed, written out once for everyone who gets it. */
export interface FeedMessage {
  seq: number;
  type: string;
  /** Type of the entity it is about; undefined for relationships. */
  entityType?: string;
  /** The message as it goes over the wire. */
  json: string;
  /** Of each restricted entry it tells of, who may read that: a subscriber must be among all of them. */
  readers?: string[][];
}

/** Readers of restricted entries by public id. */
export type Restrictions = ReadonlyMap<string, string[]>;

const NONE: Restrictions = new Map();

interface EntityPayload {
  entity?: { id?: string; type?: string; security_context?: { visibility?: unknown; readers?: unknown } };
  relationships?: { source_id?: string; target_id?: string }[];
  patch?: unknown;
}

/** The messages a row stands for: one, or one for each of its relationships; those after the position `after` only. */
export function messagesOf(row: EventRow, after = 0, restrictions = NONE): FeedMessage[] {
  const { relationships, ...rest } = row.payload as EntityPayload;
  const { type, actor } = row;
  const at = row.at.toISOString();
  if (relationships === undefined) {
    const json = JSON.stringify({ type, seq: row.seq, at, actor, ...rest });
    const readers = entityReaders(rest.entity, restrictions);
    return row.seq > after ? [{ seq: row.seq, type, entityType: rest.entity?.type, json, readers }] : [];
  }
  const first = row.seq - row.span + 1;
  return relationships
    .map((relationship, index) => ({ seq: first + index, relationship }))
    .filter((message) => message.seq > after)
    .map(({ seq, relationship }) => ({
      seq,
      type,
      json: JSON.stringify({ type, seq, at, actor, relationship }),
      readers: readersOf([relationship.source_id, relationship.target_id], restrictions),
    }));
}

/** Public ids of the entries that rows tell of. */
export const entriesOf = (rows: readonly EventRow[]): string[] => [
  ...new Set(
    rows.flatMap(({ payload }) => {
      const { entity, relationships = [] } = payload as EntityPayload;
      return [entity?.id, ...relationships.flatMap((one) => [one.source_id, one.target_id])].filter(isText);
    }),
  ),
];

function readersOf(uids: readonly (string | undefined)[], restrictions: Restrictions): string[][] | undefined {
  if (restrictions.size === 0) return undefined;
  const readers = uids.flatMap((uid) => {
    const list = uid === undefined ? undefined : restrictions.get(uid);
    return list ? [list] : [];
  });
  return readers.length > 0 ? readers : undefined;
}

/** What was restricted when it was told stays so, though the entry may be open by now. */
function entityReaders(entity: EntityPayload['entity'], restrictions: Restrictions): string[][] | undefined {
  const now = readersOf([entity?.id], restrictions);
  const { visibility, readers } = entity?.security_context ?? {};
  if (visibility !== 'restricted') return now;
  return [...(now ?? []), Array.isArray(readers) ? readers.filter(isText) : []];
}

const isText = (value: unknown): value is string => typeof value === 'string';
