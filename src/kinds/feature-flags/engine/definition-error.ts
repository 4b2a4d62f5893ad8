/** A definition can't be compiled: which field, and what it must be. */
export class DefinitionError extends Error {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/** Throws when a list is missing, no list, or too long. */
export function listed<T>(value: readonly T[] | undefined | null, field: string, most: number): readonly T[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new DefinitionError(field, 'must be a list');
  if (value.length > most) throw new DefinitionError(field, `must have at most ${most} entries`);
  return value as readonly T[];
}

/** Throws when it is no text, empty, or too long. */
export function named(value: unknown, field: string, most: number): string {
  if (typeof value !== 'string' || value === '') throw new DefinitionError(field, 'must be a text');
  if (value.length > most) throw new DefinitionError(field, `must have at most ${most} characters`);
  return value;
}
