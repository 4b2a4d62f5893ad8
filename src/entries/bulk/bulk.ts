import { RegistryError } from '../../platform/errors/registry-error.js';
import type { FieldError } from '../../platform/errors/registry-error.js';

export const BULK_MODES = ['atomic', 'best_effort'] as const;
export const CONFLICT_ACTIONS = ['fail', 'skip', 'update'] as const;
export type BulkMode = (typeof BULK_MODES)[number];
export type ConflictAction = (typeof CONFLICT_ACTIONS)[number];

export const BULK_STATUSES = ['created', 'updated', 'unchanged', 'skipped', 'failed'] as const;
export type BulkStatus = (typeof BULK_STATUSES)[number];

export interface BulkError {
  status: number;
  code: string;
  detail: string;
  errors?: FieldError[];
}

/** What became of one item, by its place in the request. */
export interface BulkResult {
  index: number;
  status: BulkStatus;
  id?: string;
  key?: string;
  error?: BulkError;
}

/** A prepared item beside its place. */
export interface Placed<Item> {
  index: number;
  item: Item;
}

/** What a bulk writes: each capability checks its items and writes them many at a time. */
export interface BulkWriter<Item> {
  /** Checks one raw item. @throws RegistryError */
  prepare(raw: unknown): Item;
  /**
   * Writes prepared items inside a transaction and says what became of each; refusals are `failed` results, never
   * thrown. Throws only what makes the whole batch impossible.
   */
  write(items: readonly Placed<Item>[], onConflict: ConflictAction): Promise<BulkResult[]>;
}

/** The result of a refused item. Its fields are named within the item: the body reader names them by its place too. */
export function failure(index: number, { status, code, message, errors }: RegistryError): BulkResult {
  const place = `${index}.`;
  const own = errors?.map((one) =>
    one.field.startsWith(place) ? { ...one, field: one.field.slice(place.length) } : one,
  );
  return { index, status: 'failed', error: { status, code, detail: message, ...(own && { errors: own }) } };
}

/** The refusal of one item of an atomic bulk, its fields named by the item's place: `3.name`. */
export function refusalOf(result: BulkResult): RegistryError {
  const { status, code, detail, errors } = result.error!;
  return new RegistryError(status, code, `Item ${result.index}: ${detail}`, 'Bulk refused', 'info', {
    errors: errors?.map((one) => ({ ...one, field: `${result.index}.${one.field}` })) ?? [
      { field: String(result.index), message: detail },
    ],
    extra: { index: result.index },
  });
}

/** Splits items so that none of a wave shares its identity with another: a statement can touch a row only once. */
export function wavesOf<Item>(items: readonly Placed<Item>[], identityOf: (item: Item) => string): Placed<Item>[][] {
  const waves: Placed<Item>[][] = [];
  const seen = new Map<string, number>();
  for (const placed of items) {
    const identity = identityOf(placed.item);
    const wave = seen.get(identity) ?? 0;
    seen.set(identity, wave + 1);
    (waves[wave] ??= []).push(placed);
  }
  return waves;
}
