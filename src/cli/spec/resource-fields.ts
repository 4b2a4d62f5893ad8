import { RESOURCE_FIELDS } from './generated/resources.js';

/** What is told of a field of a kind or record. */
export interface FieldDoc {
  name: string;
  /** `string`, `object[]`, or the words it may be: `healthy | degraded`. */
  type: string;
  about?: string;
  /** It can be given when one is made. */
  set?: boolean;
  /** It must be given then. */
  needed?: boolean;
  /** Of an object, or of each object of a list. */
  fields?: readonly FieldDoc[];
}

/** The fields of a kind or record, its own before those of every entry. */
export function fieldsOf(resource: string): readonly FieldDoc[] {
  const shared = (RESOURCE_FIELDS.entry ?? []) as readonly FieldDoc[];
  const all = RESOURCE_FIELDS[resource] ?? [];
  const own = all.filter((field): field is FieldDoc => typeof field !== 'string');
  return [...own, ...shared.filter(({ name }) => all.includes(name))];
}
