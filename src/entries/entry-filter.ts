import { visible } from './visibility.js';

/** What lists and searches may be narrowed by. All must hold; several tags must all be there; several types are either-or. */
export interface EntryFilter {
  types?: readonly string[];
  status?: readonly string[];
  health?: readonly string[];
  feature?: readonly string[];
  tags?: readonly string[];
  owner?: string;
  name?: string;
  version?: string;
  /** Equal values by dotted path: `{ "maintainer": "x", "limits.cpu": 2 }`. */
  metadata?: Record<string, unknown>;
  /** Fields of the kind's own, each with the values it may have. */
  spec?: Record<string, readonly string[]>;
  /** Inside id of the registry they live in, or with `recursive` also below it. */
  registry?: { id: string; recursive: boolean };
  /** What frameworks must say: `{ soc2: 'compliant' }`. */
  compliance?: Record<string, string>;
  /** Words, in the syntax of web search. */
  q?: string;
}

/** `a.b` = v as the containment `{"a":{"b":v}}`, which the GIN index on metadata answers. */
function containment(metadata: Record<string, unknown>): string {
  const result: Record<string, unknown> = Object.create(null);
  for (const [path, value] of Object.entries(metadata)) {
    const steps = path.split('.');
    let at = result;
    for (const step of steps.slice(0, -1)) {
      if (typeof at[step] !== 'object' || at[step] === null) at[step] = Object.create(null);
      at = at[step] as Record<string, unknown>;
    }
    at[steps.at(-1)!] = value;
  }
  return JSON.stringify(result);
}

/** Inside ids of a registry and of all below it, the parameter being the inside id of the first. */
export const registriesFrom = (parameter: string): string =>
  `WITH RECURSIVE below AS (SELECT ${parameter}::bigint AS id UNION
     SELECT c.id FROM entry c JOIN below b ON c.registry_id = b.id WHERE c.kind = 'registry') SELECT id FROM below`;

/**
 * The filter as SQL conditions on alias `e`, joined by AND, with what the caller may see. Values are appended to
 * `values`, so that the statement's own parameters may come before and after.
 */
export const entryFilter = (filter: EntryFilter, values: unknown[]): string =>
  `${filterConditions(filter, values)} AND ${visible('e.id', values)}`;

/** The filter by itself, for statements that say elsewhere what the caller may see; `true` when it asks nothing. */
export function filterConditions(filter: EntryFilter, values: unknown[]): string {
  const conditions: string[] = [];
  const add = (value: unknown, condition: (parameter: string) => string): void => {
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  const among = (column: string, accepted: readonly string[] | undefined): void => {
    if (accepted?.length === 1) add(accepted[0], (p) => `e.${column} = ${p}`);
    else if (accepted?.length) add(accepted, (p) => `e.${column} = ANY(${p}::text[])`);
  };
  among('kind', filter.types);
  among('status', filter.status);
  among('health', filter.health);
  among('feature', filter.feature);
  if (filter.tags?.length) add(filter.tags, (p) => `e.tags @> ${p}::text[]`);
  if (filter.owner !== undefined) add(filter.owner, (p) => `e.owner = ${p}`);
  if (filter.name !== undefined) add(filter.name, (p) => `e.name = ${p}`);
  if (filter.version !== undefined) add(filter.version, (p) => `e.version = ${p}`);
  if (filter.metadata && Object.keys(filter.metadata).length > 0)
    add(containment(filter.metadata), (p) => `e.metadata @> ${p}::jsonb`);
  for (const [field, accepted] of Object.entries(filter.spec ?? {})) {
    values.push(field);
    const name = `$${values.length}`;
    add(accepted, (p) => `e.spec ->> ${name}::text = ANY(${p}::text[])`);
  }
  if (filter.registry) {
    const { id, recursive } = filter.registry;
    add(id, (p) => `e.registry_id ${recursive ? `IN (${registriesFrom(p)})` : `= ${p}`}`);
  }
  for (const [framework, status] of Object.entries(filter.compliance ?? {}))
    add(JSON.stringify({ [framework]: { status } }), (p) => `e.compliance_status @> ${p}::jsonb`);
  if (filter.q)
    add(
      filter.q,
      (p) =>
        `e.id IN (SELECT d.entry_id FROM entry_document d WHERE d.tsv @@ (websearch_to_tsquery('english', ${p}) || websearch_to_tsquery('simple', ${p})))`,
    );
  return conditions.length > 0 ? conditions.join(' AND ') : 'true';
}
