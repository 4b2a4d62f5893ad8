import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Env } from '../../../platform/env/env.js';
import type { Bind } from '../exports/haproxy.js';
import type { RouteSet } from '../exports/route-set.js';
import { RouteSets } from '../exports/route-sets.js';
import { TYPE } from './envoy-clusters.js';
import { ADS_SOURCE, REST_SOURCE, envoyResources, grpcResources } from './envoy-resources.js';
import type { XdsResources } from './envoy-resources.js';
import type { Resource } from './xds-codec.js';

/** In the order in which changes are told: what is referred to is there before who refers to it. */
export const XDS_KINDS = ['clusters', 'endpoints', 'listeners', 'routes'] as const;
export type XdsKind = (typeof XDS_KINDS)[number];

export const TYPE_URLS: Readonly<Record<XdsKind, string>> = {
  clusters: TYPE.cluster,
  endpoints: TYPE.endpoints,
  listeners: TYPE.listener,
  routes: TYPE.routes,
};

/** Different sets of names whose resources are kept until the next change. */
const MOST_KEPT = 1000;

/** Resources of one type; the version says what they hold, so that replicas that know the same say the same. */
export interface Discovered {
  version: string;
  resources: readonly Resource[];
}

/** The routes as the resources of xDS, of what the caller may see. */
@Injectable()
export class XdsCatalog {
  private readonly envoys = { ads: new WeakMap<RouteSet, XdsResources>(), rest: new WeakMap<RouteSet, XdsResources>() };
  private readonly grpcs = new WeakMap<RouteSet, Map<string, XdsResources>>();
  private readonly bind: Bind;

  constructor(
    private readonly sets: RouteSets,
    env: Env,
  ) {
    const at = env.xdsListener.lastIndexOf(':');
    this.bind = { address: env.xdsListener.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(env.xdsListener.slice(at + 1)) }; // prettier-ignore
  }

  settled(): Promise<void> | undefined {
    return this.sets.settled();
  }

  onChange(listener: () => void): () => void {
    return this.sets.onChange(listener);
  }

  /** For an Envoy, that asks by a stream or by REST. */
  forEnvoy(by: 'ads' | 'rest'): XdsResources {
    const set = this.sets.current();
    let made = this.envoys[by].get(set);
    if (!made)
      this.envoys[by].set(set, (made = envoyResources(set, this.bind, by === 'ads' ? ADS_SOURCE : REST_SOURCE)));
    return made;
  }

  /** For a client of gRPC, that asks for listeners by these names. */
  forGrpc(names: ReadonlySet<string>): XdsResources {
    const set = this.sets.current();
    const byNames = this.grpcs.get(set) ?? new Map<string, XdsResources>();
    this.grpcs.set(set, byNames);
    const key = JSON.stringify([...names].toSorted());
    let made = byNames.get(key);
    if (!made) {
      made = grpcResources(set, names);
      if (byNames.size < MOST_KEPT) byNames.set(key, made);
    }
    return made;
  }
}

/** Those of these names, or all. */
export function discovered(all: readonly Resource[], names: ReadonlySet<string> | undefined): Discovered {
  if (names) return versioned(all.filter((one) => names.has(nameOf(one))));
  const known = whole.get(all);
  if (known) return known;
  const made = versioned(all);
  whole.set(all, made);
  return made;
}

/** What many proxies ask for alike is hashed once. */
const whole = new WeakMap<readonly Resource[], Discovered>();

function versioned(resources: readonly Resource[]): Discovered {
  const version = createHash('sha256').update(JSON.stringify(resources)).digest('hex').slice(0, 16);
  return { version, resources };
}

const nameOf = (resource: Resource): string => (resource.name ?? resource.cluster_name) as string;
