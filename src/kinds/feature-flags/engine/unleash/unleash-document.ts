import { DefinitionError } from '../definition-error.js';

export type Json = { readonly [field: string]: unknown };

/** Rows of one list in a document; a bulk of them is what exports hold. */
const ROWS = 100_000;

/** Throws when it is no object. */
export function objectAt(value: unknown, field: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DefinitionError(field, 'must be an object');
  return value as Json;
}

/** The field's list; an absent one is empty. Throws when it is something else, or longer than 100,000. */
export function listAt(object: Json, field: string): readonly Json[] {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new DefinitionError(field, 'must be a list');
  if (value.length > ROWS) throw new DefinitionError(field, `must have at most ${ROWS} entries`);
  if (value.some((one) => one === null || one === undefined)) throw new DefinitionError(field, 'must not hold null');
  return value as readonly Json[];
}

/** The field as a text; empty when it is absent, or neither text nor number. */
export function textAt(object: Json, field: string): string {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The client API's delta (`events`) as the features and segments that it leads to; anything else as it is. */
export function replayed(document: Json): Json {
  if (!Array.isArray(document['events'])) return document;
  const features = new Map<string, Json>();
  const segments = new Map<string, Json>();
  const keep = (kept: Map<string, Json>, id: string, rows: readonly Json[]): void => {
    for (const row of rows) kept.set(textAt(row, id), row);
  };
  for (const [i, event] of listAt(document, 'events').entries()) {
    switch (event['type']) {
      case 'hydration':
        features.clear();
        segments.clear();
        keep(features, 'name', listAt(event, 'features'));
        keep(segments, 'id', listAt(event, 'segments'));
        break;
      case 'feature-updated':
        keep(features, 'name', [objectAt(event['feature'], `events[${i}].feature`)]);
        break;
      case 'feature-removed':
        features.delete(textAt(event, 'featureName'));
        break;
      case 'segment-updated':
        keep(segments, 'id', [objectAt(event['segment'], `events[${i}].segment`)]);
        break;
      case 'segment-removed':
        segments.delete(textAt(event, 'segmentId'));
        break;
      default:
        throw new DefinitionError(`events[${i}].type`, 'is no known event');
    }
  }
  return { features: [...features.values()], segments: [...segments.values()] };
}
