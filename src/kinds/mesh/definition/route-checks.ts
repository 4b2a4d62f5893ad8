import { InvalidError } from '../../../platform/errors/registry-error.js';
import type { FieldError } from '../../../platform/errors/registry-error.js';
import type { MeshRouteSpec } from '../mesh-route.kind.js';
import { BREAKER_DEFAULTS } from './breaker-settings.dto.js';
import type { MeshCircuitBreaker } from './breaker-settings.dto.js';
import { destinationName } from './destination-name.js';
import { isPattern } from './pattern.js';
import type { MeshDestination, MeshHeaderMatch, MeshMatch } from './route-match.dto.js';
import type { MeshRetry, MeshRewrite } from './route-policy.dto.js';
import type { MeshSplitRule, MeshTrafficSplit } from './traffic-split.dto.js';

const METHOD = /^[A-Za-z!#$%&'*+.^_`|~-]+$/;
const HOST = /^(\*|(\*\.)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\]?)$/;
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Of one connection, or said by the proxy itself. */
const NOT_SET = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'content-length', 'expect']); // prettier-ignore
const SUM_SLACK = 1e-6;

/**
 * Refuses what no request could be routed by.
 * @throws InvalidError naming fields below `path`
 */
export function checkRoute(spec: MeshRouteSpec, path = 'spec'): void {
  const destinations = spec.destinations ?? [];
  const names = new Set(destinations.map(destinationName));
  refuse(
    [
      ...destinations.flatMap((one, i) => destinationErrors(one, `destinations.${i}`)),
      ...matchErrors(spec.match ?? {}),
      ...(spec.traffic_split ? splitErrors(spec.traffic_split, destinations) : []),
      ...(spec.circuit_breaker ? breakerErrors(spec.circuit_breaker) : []),
      ...(spec.retry ? retryErrors(spec.retry) : []),
      ...(spec.rewrite ? rewriteErrors(spec.rewrite) : []),
      ...(spec.mirror && !names.has(spec.mirror.destination)
        ? [{ field: 'mirror.destination', message: 'must be the name of a destination of the route' }]
        : []),
    ],
    path,
  );
}

function refuse(errors: readonly FieldError[], path: string): void {
  if (errors.length === 0) return;
  const fields = errors.map(({ field, message }) => ({ field: [path, field].filter(Boolean).join('.'), message }));
  const [first] = fields;
  throw new InvalidError(
    fields.length === 1 ? `${first.field} ${first.message}` : `${fields.length} fields are wrong.`,
    fields,
  );
}

function destinationErrors({ service, host, port, subset }: MeshDestination, field: string): FieldError[] {
  if ((service == null) === (host == null)) return [{ field, message: 'must have either service or host' }];
  if (host != null && port == null) return [{ field: `${field}.port`, message: 'is needed beside host' }];
  if (host != null && subset != null)
    return [{ field: `${field}.subset`, message: 'is of the instances of a service: give a name' }];
  return [];
}

function matchErrors({ hosts, path, path_type, methods, headers }: MeshMatch): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, host] of (hosts ?? []).entries())
    if (!HOST.test(host))
      errors.push({ field: `match.hosts.${i}`, message: 'must be a host name without a port, or *.name' });
  for (const [i, method] of (methods ?? []).entries())
    if (!METHOD.test(method)) errors.push({ field: `match.methods.${i}`, message: 'must be the name of a method' });
  if (path_type === 'regex') {
    if (path == null) errors.push({ field: 'match.path', message: 'is needed for a regex' });
    else if (!isPattern(path)) errors.push({ field: 'match.path', message: 'must be a regular expression in RE2 syntax' }); // prettier-ignore
  } else if (path != null && !/^\/[^?#\s]*$/.test(path))
    errors.push({ field: 'match.path', message: 'must begin with / and have no query' });
  for (const [i, header] of (headers ?? []).entries()) errors.push(...valueErrors(header, `match.headers.${i}`));
  return errors;
}

function valueErrors({ match, value }: Pick<MeshHeaderMatch, 'match' | 'value'>, field: string): FieldError[] {
  if (match === 'present' || (match == null && value == null)) return [];
  if (value == null) return [{ field: `${field}.value`, message: 'is needed unless match is present' }];
  return match === 'regex' && !isPattern(value)
    ? [{ field: `${field}.value`, message: 'must be a regular expression in RE2 syntax' }]
    : [];
}

function splitErrors({ type, rules }: MeshTrafficSplit, destinations: readonly MeshDestination[]): FieldError[] {
  const at = (field: string): string => `traffic_split.${field}`;
  const names = new Set(destinations.map(destinationName));
  const errors = rules.flatMap((rule, i) => ruleErrors(rule, type, at(`rules.${i}`)));
  for (const [i, { destination }] of rules.entries())
    if (!names.has(destination))
      errors.push({ field: at(`rules.${i}.destination`), message: 'must be the name of a destination of the route' });
  if (type !== 'percentage' || errors.length > 0) return errors;
  const sum = rules.reduce((total, { percentage }) => total + percentage!, 0);
  const named = new Set(rules.map(({ destination }) => destination));
  if (named.size < rules.length) errors.push({ field: at('rules'), message: 'must name each destination once' });
  if (sum > 100 + SUM_SLACK) errors.push({ field: at('rules'), message: `sum up to ${sum} %, more than 100` });
  else if (sum < 100 - SUM_SLACK && destinations.every((one) => named.has(destinationName(one))))
    errors.push({ field: at('rules'), message: `sum up to ${sum} %, and there is no destination for the rest` });
  return errors;
}

function ruleErrors(rule: MeshSplitRule, type: MeshTrafficSplit['type'], field: string): FieldError[] {
  if (type === 'percentage') {
    if (rule.percentage == null) return [{ field: `${field}.percentage`, message: 'is needed' }];
    return rule.name == null && rule.value == null && rule.match == null
      ? []
      : [{ field, message: 'of a percentage split has a percentage only' }];
  }
  if (rule.percentage != null) return [{ field: `${field}.percentage`, message: `is no part of a ${type} split` }];
  if (rule.name == null) return [{ field: `${field}.name`, message: `of the ${type} is needed` }];
  return valueErrors(rule, field);
}

function breakerErrors({ half_open_requests, success_threshold }: MeshCircuitBreaker): FieldError[] {
  const wanted = success_threshold ?? BREAKER_DEFAULTS.success_threshold;
  return half_open_requests != null && half_open_requests < wanted
    ? [{ field: 'circuit_breaker.half_open_requests', message: `must be at least success_threshold (${wanted})` }]
    : [];
}

function retryErrors({ backoff }: MeshRetry): FieldError[] {
  return backoff?.base_ms != null && backoff.max_ms != null && backoff.base_ms > backoff.max_ms
    ? [{ field: 'retry.backoff.base_ms', message: 'must not be above max_ms' }]
    : [];
}

function rewriteErrors({ path, host, set_headers, remove_headers }: MeshRewrite): FieldError[] {
  const errors: FieldError[] = [];
  if (path != null && !/^\/[^?#\s]*$/.test(path))
    errors.push({ field: 'rewrite.path', message: 'must begin with / and have no query' });
  if (host != null && !/^[A-Za-z0-9.[\]:_-]+$/.test(host))
    errors.push({ field: 'rewrite.host', message: 'must be a host name, with a port or without' });
  for (const [name, value] of Object.entries(set_headers ?? {})) {
    const field = `rewrite.set_headers.${name.slice(0, 100)}`;
    if (!HEADER.test(name) || NOT_SET.has(name.toLowerCase()))
      errors.push({ field, message: 'is no header that can be set' });
    else if (typeof value !== 'string' || !HEADER_VALUE.test(value))
      errors.push({ field, message: 'must be the text of a header' });
  }
  for (const [i, name] of (remove_headers ?? []).entries())
    if (!HEADER.test(name)) errors.push({ field: `rewrite.remove_headers.${i}`, message: 'must be the name of a header' }); // prettier-ignore
  return errors;
}
