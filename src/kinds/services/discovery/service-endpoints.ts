import { Injectable } from '@nestjs/common';
import { compareVersions, keyOf, parseReference } from '../../../entries/entry-key.js';
import { keyOn } from '../../../entries/kind/kind-entries.service.js';
import { ServiceDirectory } from '../../../entries/service-directory.js';
import type { ReachableService, ServiceSource } from '../../../entries/service-directory.js';
import { serviceKind } from '../service.kind.js';
import { ServiceSnapshot } from './service-snapshot.js';
import type { KnownService } from './service-snapshot.js';

/** Texts whose service is remembered, until anything changes. */
const MOST_KNOWN = 10_000;

/** Services and their healthy instances for other kinds, out of what discovery keeps in memory. */
@Injectable()
export class ServiceEndpoints implements ServiceSource {
  private readonly reachable = new WeakMap<KnownService, ReachableService>();
  private readonly found = new Map<string, ReachableService | undefined>();

  constructor(
    private readonly snapshot: ServiceSnapshot,
    directory: ServiceDirectory,
  ) {
    snapshot.onChange(() => this.found.clear());
    directory.use(this);
  }

  find(idOrKey: string): ReachableService | undefined {
    if (this.found.has(idOrKey)) return this.found.get(idOrKey);
    const known = this.known(keyOn(serviceKind, idOrKey));
    const service = known && this.of(known);
    if (this.found.size < MOST_KNOWN) this.found.set(idOrKey, service);
    return service;
  }

  *all(): Generator<ReachableService> {
    for (const known of this.snapshot.known()) yield this.of(known);
  }

  onChange(listener: () => void): () => void {
    return this.snapshot.onChange(listener);
  }

  private known(key: string): KnownService | undefined {
    const reference = parseReference(key);
    if (!reference) return undefined;
    const fits = (one: KnownService): boolean =>
      'uid' in reference
        ? one.uid === reference.uid
        : reference.type === serviceKind.name &&
          one.name === reference.name &&
          (reference.version === undefined || one.version === reference.version);
    const found = [...this.snapshot.known()].filter(fits);
    return found.toSorted((a, b) => compareVersions(b.version, a.version))[0];
  }

  private of(known: KnownService): ReachableService {
    const there = this.reachable.get(known);
    if (there) return there;
    const { id, uid, name, version, open, labels, tags, readers, instances } = known;
    const endpoints = instances
      .filter(({ healthy }) => open && healthy)
      .map(({ name: instance, host, port, zone, weight, tags: own, metadata }) => ({
        id: instance,
        host,
        port,
        zone,
        weight,
        tags: own,
        metadata,
      }));
    const key = keyOf(serviceKind.name, name, version);
    const made: ReachableService = { id, uid, key, name, version, open, labels, tags, readers, endpoints };
    this.reachable.set(known, made);
    return made;
  }
}
