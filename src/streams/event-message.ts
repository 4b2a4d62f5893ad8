import type { EventRow } from './event-row.js';

/** One message of the feed, written out once for everyone who gets it. */
export interface FeedMessage {
  seq: number;
  type: string;
  /** Type of the entity it is about; undefined for relationships. */
  entityType?: string;
  /** The message as it goes over the wire. */
  json: string;
}

interface EntityPayload {
  entity?: { type?: string };
  relationships?: unknown[];
  patch?: unknown;
}

/** The messages a row stands for: one, or one for each of its relationships; those after the position `after` only. */
export function messagesOf(row: EventRow, after = 0): FeedMessage[] {
  const { relationships, ...rest } = row.payload as EntityPayload;
  const { type, actor } = row;
  const at = row.at.toISOString();
  if (relationships === undefined) {
    const json = JSON.stringify({ type, seq: row.seq, at, actor, ...rest });
    return row.seq > after ? [{ seq: row.seq, type, entityType: rest.entity?.type, json }] : [];
  }
  const first = row.seq - row.span + 1;
  return relationships
    .map((relationship, index) => ({ seq: first + index, relationship }))
    .filter((message) => message.seq > after)
    .map(({ seq, relationship }) => ({ seq, type, json: JSON.stringify({ type, seq, at, actor, relationship }) }));
}
