import { Injectable } from '@nestjs/common';
import { ServiceDirectory } from '../../../entries/service-directory.js';
import { currentViewer } from '../../../entries/visibility.js';
import type { Viewer } from '../../../entries/visibility.js';
import type { CompiledRoute } from '../table/compiled-route.js';
import { MeshFeed } from '../snapshot/mesh-feed.js';
import { MeshSnapshot } from '../snapshot/mesh-snapshot.js';
import { routeSetOf } from './route-set.js';
import type { RouteSet } from './route-set.js';

/** Callers whose sets are kept; the sets of most are the same objects inside. */
const MOST_KEPT = 100;

/** The routes as proxies are told them, of what the caller may see: made once for every change, from memory. */
@Injectable()
export class RouteSets {
  private readonly kept = new Map<string, RouteSet>();

  constructor(
    private readonly snapshot: MeshSnapshot,
    private readonly feed: MeshFeed,
    private readonly services: ServiceDirectory,
  ) {
    this.onChange(() => this.kept.clear());
  }

  /** Undefined when every change of this process is known. */
  settled(): Promise<void> | undefined {
    return this.feed.settled();
  }

  /** Of what the caller may see; another object after every change of a route, a setting or an instance. */
  current(): RouteSet {
    const viewer = currentViewer();
    const key = JSON.stringify(viewer) ?? '';
    const known = this.kept.get(key);
    if (known) return known;
    const set = routeSetOf({
      version: this.snapshot.version,
      routes: this.snapshot.routes.filter((route) => isSeen(route, viewer)),
      settings: this.snapshot.settings,
      service: (idOrKey) => this.services.find(idOrKey),
      balancerOf: (uid) => this.snapshot.balancerOf(uid),
    });
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    this.kept.set(key, set);
    return set;
  }

  /** Calls back after every change of anything in a set; the answer stops it. */
  onChange(listener: () => void): () => void {
    const stops = [this.snapshot.onChange(listener), this.services.onChange(listener)];
    return () => {
      for (const stop of stops) stop();
    };
  }
}

const isSeen = ({ row }: CompiledRoute, viewer: Viewer): boolean =>
  row.readers === null || viewer === undefined || row.readers.some((reader) => viewer.includes(reader));
