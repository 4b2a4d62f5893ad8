import { currentRequest } from '../platform/http/request-context.js';
import type { Principal } from '../platform/http/request-context.js';

/** What an entry's `security_context.visibility` may say. Only `restricted` hides it; the others describe. */
export const VISIBILITIES = ['public', 'internal', 'restricted'] as const;

/** As whom someone may be listed among the readers of a restricted entry; undefined for who sees everything. */
export type Viewer = readonly string[] | undefined;

/**
 * What a restricted entry's `readers` may name of this principal: its id, its id with its type (`service_key:…`), and
 * each of its roles (`role:viewer`). Who may do everything sees everything, and so does the service itself.
 */
export function viewerOf(principal: Principal | undefined): Viewer {
  if (!principal || principal.permissions.includes('*')) return undefined;
  const roles = (principal.roles ?? []).map((role) => `role:${role}`);
  return [principal.id, `${principal.type}:${principal.id}`, ...roles];
}

/** The caller of the running request; outside of one, the service itself. */
export const currentViewer = (): Viewer => viewerOf(currentRequest()?.principal);

/**
 * The one rule of who sees which entry, as SQL over a column that holds inside ids of entries: `true` for who sees
 * everything. Every statement that reads entries or relationships for a caller has it; `values` takes the parameter.
 */
export function visible(column: string, values: unknown[], viewer: Viewer = currentViewer()): string {
  return viewer === undefined ? 'true' : `NOT ${hidden(column, values, viewer)}`;
}

/** {@link visible} for both ends of a relationship on this alias. */
export function endsVisible(alias: string, values: unknown[], viewer: Viewer = currentViewer()): string {
  if (viewer === undefined) return 'true';
  const readers = `$${values.push(viewer)}`;
  return `NOT ${hiddenFrom(`${alias}.source_id`, readers)} AND NOT ${hiddenFrom(`${alias}.target_id`, readers)}`;
}

/** The opposite, for counting what is to be taken off a total. */
export const hidden = (column: string, values: unknown[], viewer: readonly string[]): string =>
  hiddenFrom(column, `$${values.push(viewer)}`);

/** With the parameter that holds the viewer's names given. */
export const hiddenFrom = (column: string, parameter: string): string =>
  `EXISTS (SELECT FROM entry_restriction x WHERE x.entry_id = ${column} AND NOT x.readers && ${parameter}::text[])`;

/** A prepared statement's name: who does not see everything asks another statement. */
export const statementFor = (name: string, viewer: Viewer = currentViewer()): string =>
  viewer === undefined ? name : `${name}~seen`;
