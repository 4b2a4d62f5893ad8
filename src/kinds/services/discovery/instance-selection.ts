import { keyOf } from '../../../entries/entry-key.js';
import type { KnownInstance, KnownService } from './service-snapshot.js';

/** Which instances of a service, and in which order. */
export interface Selection {
  healthy?: boolean;
  zones?: readonly string[];
  preferZones?: readonly string[];
  /** Tags of instances. */
  tags?: readonly string[];
  metadata?: readonly string[];
  /** Also those of a service that takes no requests. */
  closed?: boolean;
}

/**
 * The instances that are asked for: by zone as preferred, passing before warning, heavier before lighter. The order says who
 * comes first; how requests are shared among equals the weights say.
 */
export function selected(service: KnownService | undefined, selection: Selection): KnownInstance[] {
  if (!service || (!service.open && !selection.closed)) return [];
  const { healthy, zones, preferZones = zones ?? [], tags = [], metadata = [] } = selection;
  const pairs = metadata.map(pairOf);
  const found = service.instances.filter(
    (one) =>
      (healthy === undefined || one.healthy === healthy) &&
      (!zones || (one.zone !== null && zones.includes(one.zone))) &&
      tags.every((tag) => one.tags.includes(tag)) &&
      pairs.every(([key, value]) => Object.hasOwn(one.metadata, key) && textOf(one.metadata[key]) === value),
  );
  const rank = ({ zone }: KnownInstance): number => {
    const at = zone === null ? -1 : preferZones.indexOf(zone);
    return at < 0 ? preferZones.length : at;
  };
  return found.sort(
    (a, b) =>
      rank(a) - rank(b) || standing(a) - standing(b) || b.weight - a.weight || Number(BigInt(a.id) - BigInt(b.id)),
  );
}

/** The answer of a list of instances. */
export const listOf = (instances: readonly KnownInstance[]): string =>
  `[${instances.map(({ json }) => json).join(',')}]`;

/** A service with these of its instances, as discovery answers it. */
export function discovered(service: KnownService, instances: readonly KnownInstance[]): string {
  const { uid, name, version, title, type, status, feature, tags, labels, index } = service;
  const own = { id: uid, key: keyOf('service', name, version), name, version: version || null, title, type, status };
  const rest = JSON.stringify({ ...own, feature, tags, labels, index });
  return `${rest.slice(0, -1)},"instances":${listOf(instances)}}`;
}

const standing = ({ expired, drain, status }: KnownInstance): number =>
  expired ? 3 : drain ? 2 : status === 'passing' ? 0 : status === 'warning' ? 1 : 3;

const pairOf = (text: string): [key: string, value: string] => {
  const at = text.indexOf(':');
  return [text.slice(0, at), text.slice(at + 1)];
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
