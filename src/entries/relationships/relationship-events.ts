import { changedParts } from '../../platform/audit/changed-parts.js';
import type { NewEvent } from '../outbox.js';
import { toRelationshipResponse } from './relationship-response.js';
import type { RelationshipRow } from './relationship-response.js';
import type { ChangedRelationship } from './relationship.repository.js';

/** So many relationships share one event row: a bulk of a thousand edges is no thousand rows, yet a row stays readable. */
const MOST_IN_AN_EVENT = 250;

function* slices<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += MOST_IN_AN_EVENT) yield rows.slice(at, at + MOST_IN_AN_EVENT);
}

const eventOf = (type: string, rows: readonly RelationshipRow[]): NewEvent => ({
  type,
  payload: { relationships: rows.map(toRelationshipResponse) },
  span: rows.length,
});

export const creationEvents = (rows: readonly RelationshipRow[]): NewEvent[] =>
  [...slices(rows)].map((some) => eventOf('relationship_created', some));

export const removalEvents = (rows: readonly RelationshipRow[]): NewEvent[] =>
  [...slices(rows)].map((some) => eventOf('relationship_deleted', some));

export const changeEvents = (rows: readonly ChangedRelationship[]): NewEvent[] =>
  [...slices(rows)].map((some) => {
    const changes = some.map(changeOf);
    return {
      ...eventOf('relationship_updated', some),
      change: {
        before: { relationships: changes.map(({ before }) => before) },
        after: { relationships: changes.map(({ after }) => after) },
      },
    };
  });

/** What is different, each time beside what names the relationship. */
function changeOf(row: ChangedRelationship): { before: object; after: object } {
  const { id, type, source_key, target_key, weight, bidirectional, metadata } = toRelationshipResponse(row);
  const named = { id, type, source_key, target_key };
  const { before, after } = changedParts(row.former, { weight, bidirectional, metadata });
  return { before: { ...named, ...before }, after: { ...named, ...after } };
}
