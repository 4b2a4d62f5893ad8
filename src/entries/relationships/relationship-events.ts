import type { NewEvent } from '../outbox.js';
import { toRelationshipResponse } from './relationship-response.js';
import type { RelationshipRow } from './relationship-response.js';

/** So many relationships share one event row: a bulk of a thousand edges is no thousand rows, yet a row stays readable. */
const MOST_IN_AN_EVENT = 250;

function spanned(type: string, rows: readonly RelationshipRow[]): NewEvent[] {
  const events: NewEvent[] = [];
  for (let at = 0; at < rows.length; at += MOST_IN_AN_EVENT) {
    const relationships = rows.slice(at, at + MOST_IN_AN_EVENT).map(toRelationshipResponse);
    events.push({ type, payload: { relationships }, span: relationships.length });
  }
  return events;
}

export const creationEvents = (rows: readonly RelationshipRow[]): NewEvent[] => spanned('relationship_created', rows);

export const changeEvents = (rows: readonly RelationshipRow[]): NewEvent[] => spanned('relationship_updated', rows);

export const removalEvents = (rows: readonly RelationshipRow[]): NewEvent[] => spanned('relationship_deleted', rows);
