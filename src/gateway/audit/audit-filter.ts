import { InvalidError } from '../../platform/errors/registry-error.js';
import type { AuditQuery } from './audit.dto.js';

export type AuditFilter = Omit<AuditQuery, 'limit' | 'cursor'>;

const ID = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+)$/i;

/** Conditions on `a`, a row of the trail, each by an index of its own; `values` takes the parameters. */
export function conditionsOf(filter: AuditFilter, values: unknown[]): string[] {
  const { actor, action, entity, outcome, address, request_id: requestId, from, to } = filter;
  const where: string[] = [];
  const is = (column: string, value: string): number => where.push(`a.${column} = $${values.push(value)}`);
  // Who is named with its type, as events name it, is meant all the same.
  if (actor !== undefined) is('actor', actor.slice(actor.indexOf(':') + 1));
  if (action?.endsWith('.*')) where.push(inArea(action.slice(0, -1), values));
  else if (action !== undefined) is('action', action);
  if (entity !== undefined) where.push(about(entity, values));
  // Written out: the index of what did not succeed serves only who asks for that.
  if (outcome !== undefined) where.push(`a.outcome = '${outcome}'`);
  if (address !== undefined) is('address', address);
  if (requestId !== undefined) is('request_id', requestId);
  if (from !== undefined) where.push(`a.at >= ${time('from', from, values)}`);
  if (to !== undefined) where.push(`a.at < ${time('to', to, values)}`);
  return where;
}

/** In byte order everything that begins with `key.` lies between that and the same with the next byte: `key/`. */
function inArea(prefix: string, values: unknown[]): string {
  const end = `${prefix.slice(0, -1)}/`;
  return `a.action >= $${values.push(prefix)} AND a.action < $${values.push(end)}`;
}

/** By id, or by key; without a version all of them. */
function about(entity: string, values: unknown[]): string {
  const parameter = `$${values.push(ID.test(entity) ? entity.toLowerCase() : entity)}`;
  if (ID.test(entity)) return `a.subject_id = ${parameter}`;
  if (entity.includes('@')) return `a.subject_key = ${parameter}`;
  return `(a.subject_key = ${parameter} OR a.subject_key >= ${parameter} || '@' AND a.subject_key < ${parameter} || 'A')`;
}

function time(field: string, text: string, values: unknown[]): string {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) throw InvalidError.field(field, 'must be a date that exists');
  return `to_timestamp($${values.push(milliseconds)}::float8 / 1000)`;
}
