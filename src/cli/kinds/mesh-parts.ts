import { parseRate } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { given, numberOf } from './kind-request.js';

const OF_DESTINATION = ['name', 'subset', 'weight', 'port', 'scheme'];
const NUMBERS = new Set(['weight', 'port']);

/** `svc_orders,subset=v2,weight=20`, `10.0.3.17:8080,name=stable` or `https://orders.internal:8443`. */
export function destinationOf(text: string, flag: string): Record<string, unknown> {
  const [target = '', ...pairs] = text.split(',');
  const more = pairs.map((pair) => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    if (at < 1 || !OF_DESTINATION.includes(name)) {
      throw usageError(`${flag}: ${JSON.stringify(pair)} says nothing of a destination`, {
        reason: `write ${OF_DESTINATION.map((one) => `${one}=…`).join(', ')}`,
      });
    }
    const value = pair.slice(at + 1);
    return [name, NUMBERS.has(name) ? numberOf(value, `${flag}: ${name}`) : value] as const;
  });
  return { ...targetOf(target, flag), ...Object.fromEntries(more) };
}

function targetOf(text: string, flag: string): Record<string, unknown> {
  const [, scheme, host, port] = /^(?:(https?):\/\/)?(\[[0-9A-Fa-f:.]+\]|[^:/\s]+)(?::(\d+))?\/?$/.exec(text) ?? [];
  if (host === undefined || text === '') {
    throw usageError(`${flag} ${JSON.stringify(text)} is no place to send requests to`, {
      reason: 'write a service such as svc_orders, or host:port',
    });
  }
  if (scheme === undefined && port === undefined) return { service: text };
  const usual = scheme === 'https' ? 443 : 80;
  return given({ host, port: port === undefined ? usual : Number(port), scheme });
}

const MATCHES: Record<string, string> = { '=': 'exact', '^=': 'prefix', '~=': 'regex' };

/** `x-tenant` is there, `x-tenant=acme`, `x-tenant^=ac` begins so, `x-tenant~=a.*` matches. */
export function valueMatchOf(text: string, flag: string): Record<string, unknown> {
  const [, name, sign, value] = /^([^=^~\s]+)(?:([~^]?=)(.*))?$/s.exec(text) ?? [];
  if (name === undefined) {
    throw usageError(`${flag} ${JSON.stringify(text)} is not a name and its value`, {
      reason: "write x-tenant, x-tenant=acme, 'x-tenant^=ac' or 'x-tenant~=a.*'",
    });
  }
  return sign === undefined ? { name, match: 'present' } : { name, match: MATCHES[sign], value };
}

/** `100/s`, `1000/1m`. */
export function rateOf(text: string, flag: string): Record<string, unknown> {
  const { limit, window_seconds } = parseRate(text, flag);
  return { requests: limit, per_seconds: window_seconds };
}

/** `shadow` or `shadow=5`: of all, or of so many percent. */
export function mirrorOf(text: string, flag: string): Record<string, unknown> {
  const at = text.lastIndexOf('=');
  if (at < 0) return { destination: text };
  return { destination: text.slice(0, at), percentage: percentOf(text.slice(at + 1), flag) };
}

/** `http=/healthz`, `http`, `tcp`. */
export function routeCheckOf(text: string): Record<string, unknown> {
  const at = text.indexOf('=');
  return at < 0 ? { type: text } : { type: text.slice(0, at), path: text.slice(at + 1) };
}

export function percentOf(text: string, flag: string): number {
  return numberOf(text.replace(/%$/, ''), flag);
}
