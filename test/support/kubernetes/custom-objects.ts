import { randomUUID } from 'node:crypto';
import type { Json } from '../api-client.js';
import { StatusError } from './cluster-state.js';

const ROUTE = /^\/apis\/([a-z0-9.-]+\.[a-z]+)\/(v[a-z0-9]+)\/namespaces\/([^/]+)\/([a-z]+)(?:\/([^/]+))?$/;

const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What was said before and is said no more goes; the rest is laid over what is there. Lists are one value. */
function applied(live: Json, before: Json, now: Json): Json {
  if (!isObject(now)) return now;
  const result: Record<string, Json> = isObject(live) ? { ...live } : {};
  for (const name of Object.keys(isObject(before) ? before : {})) if (!(name in now)) delete result[name];
  for (const [name, value] of Object.entries(now))
    result[name] = applied(result[name], isObject(before) ? before[name] : undefined, value);
  return result;
}

/** Custom resources, of any group: listed by label, read, applied server-side, deleted. */
export class CustomObjects {
  /** By `<plural>/<namespace>/<name>`. */
  readonly live = new Map<string, Json>();
  private readonly said = new Map<string, Json>();

  /** Undefined where the path is none of these. */
  answer(method: string, url: URL, type: string, body: string): Json {
    const [found, group, version, namespace, plural, name] = ROUTE.exec(url.pathname) ?? [];
    if (!found) return undefined;
    const prefix = `${plural}/${namespace}/`;
    if (name === undefined) {
      const [label, value] = (url.searchParams.get('labelSelector') ?? '').split('=');
      const items = [...this.live]
        .filter(([key, one]) => key.startsWith(prefix) && (!label || one.metadata.labels?.[label] === value))
        .map(([, one]) => one);
      return { kind: 'List', apiVersion: `${group}/${version}`, metadata: {}, items };
    }
    const key = `${prefix}${name}`;
    if (method === 'PATCH') return this.apply(key, url, type, body);
    const object = this.live.get(key);
    if (!object) throw new StatusError(404, 'NotFound', `${plural}.${group} "${name}" not found`);
    if (method === 'DELETE') {
      this.live.delete(key);
      this.said.delete(key);
    }
    return object;
  }

  private apply(key: string, { searchParams }: URL, type: string, body: string): Json {
    if (type !== 'application/apply-patch+yaml') throw new StatusError(415, 'UnsupportedMediaType', 'no such patch');
    if (!searchParams.get('fieldManager')) throw new StatusError(400, 'BadRequest', 'fieldManager is required');
    const given = JSON.parse(body);
    const before = this.live.get(key);
    const object = applied(before ?? { metadata: { uid: randomUUID() } }, this.said.get(key), given);
    this.said.set(key, given);
    this.live.set(key, object);
    return object;
  }
}
