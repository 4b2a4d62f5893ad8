import type { ExportCluster } from './route-set.js';
import { dnsName } from './unique-names.js';

/** Whose objects these are: what bears it and is no more wanted is deleted. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'universal-registry' };
const CLUSTER_NAME = /^([a-z0-9-]+)(?:\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?)?$/;
const HTTP_PORT = 80;

/** What a destination's host is called by whom it is exported to. */
export interface Naming {
  namespace: string;
  /** Under which services of the catalog are known that are none of the cluster: `orders.<domain>`. */
  domain: string;
}

export const hostOf = ({ given, service }: ExportCluster, { domain }: Naming): string =>
  given.host ?? `${dnsName(service?.name ?? nameOf(given.service!))}.${domain}`;

/** A key's or id's name, of a service that the catalog does not have. */
const nameOf = (reference: string): string => reference.replace(/^svc_/, '').replace(/@.*$/, '');

/** A host that is a Service of the cluster: its name and namespace. */
export function clusterService(host: string): { name: string; namespace?: string } | undefined {
  const [found, name, namespace] = CLUSTER_NAME.exec(host) ?? [];
  if (!found || (namespace !== undefined && !host.includes('.svc'))) return undefined;
  return { name, ...(namespace !== undefined && { namespace }) };
}

export const portOf = ({ given, endpoints }: ExportCluster): number => given.port ?? endpoints[0]?.port ?? HTTP_PORT;

export const serviceName = ({ given, service }: ExportCluster): string => dnsName(`${service?.name ?? nameOf(given.service!)}${given.subset == null ? '' : `-${given.subset}`}`); // prettier-ignore

/** Seconds where they are whole, else milliseconds: what both Gateway API and Istio read. */
export const duration = (ms: number): string => (ms % 1000 === 0 || ms > 99_999 ? `${Math.round(ms / 1000)}s` : `${Math.round(ms)}ms`); // prettier-ignore

/** By a text, in the order in which each was first met. */
export function grouped<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(by(one));
    if (group) group.push(one);
    else groups.set(by(one), [one]);
  }
  return groups;
}
