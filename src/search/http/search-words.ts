import type { EntryFilter } from '../../entries/entry-filter.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
import type { Weights } from '../hybrid/fusion.js';
import type { FacetsQuery, SearchRequest, SearchWeights } from './search.dto.js';

/** `null` says no more than leaving a filter out. */
const given = <T>(value: T | null | undefined): T | undefined => value ?? undefined;

export const filterOfRequest = ({ entity_types, filters }: SearchRequest): EntryFilter => ({
  types: given(entity_types),
  status: given(filters?.status),
  health: given(filters?.health),
  feature: given(filters?.feature),
  tags: given(filters?.tags),
  owner: given(filters?.owner),
  metadata: given(filters?.metadata),
});

export const filterOfQuery = (query: Omit<FacetsQuery, 'q'>): EntryFilter => ({
  types: query.type,
  status: query.status,
  health: query.health,
  feature: query.feature,
  tags: query.tag,
  owner: query.owner,
});

/** Weights as they were given; of nothing at all they put nothing in order. */
export function weightsOf(weights: SearchWeights | null | undefined): Partial<Weights> | undefined {
  if (!weights) return undefined;
  const { vector, text, filters } = weights;
  if (vector === 0 && text === 0 && filters === 0) throw InvalidError.field('weights', 'must not all be 0');
  return Object.fromEntries(
    Object.entries({ vector, text, filters }).filter(([, value]) => given(value) !== undefined),
  );
}

/** A vector of any length that has one, brought to unit length. */
export function vectorOf(numbers: readonly number[] | null | undefined): Float32Array | undefined {
  if (!numbers) return undefined;
  const largest = Math.max(...numbers.map(Math.abs));
  if (largest === 0) throw InvalidError.field('vector', 'must not be all 0');
  // By the largest first: squares of very large or small numbers do not fit.
  const scaled = numbers.map((value) => value / largest);
  const norm = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(scaled, (value) => value / norm);
}
