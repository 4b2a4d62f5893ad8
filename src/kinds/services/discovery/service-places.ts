import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { parseReference } from '../../../entries/entry-key.js';
import { KindEntriesService, keyOn } from '../../../entries/kind/kind-entries.service.js';
import { OutboxSignal } from '../../../entries/outbox-signal.js';
import { currentViewer } from '../../../entries/visibility.js';
import { serviceKind } from '../service.kind.js';
import { isSeen, ServiceSnapshot } from './service-snapshot.js';
import type { KnownService } from './service-snapshot.js';

const MOST_NAMES = 20_000;
/** Which version of a service is its newest is asked again so soon. */
const NAME_MS = 1000;

/** Finds the service a path names: in memory where it can be, else in the catalog. */
@Injectable()
export class ServicePlaces {
  /** Inside ids by viewer and key without a version. */
  private readonly newest = new LRUCache<string, string>({ max: MOST_NAMES, ttl: NAME_MS });

  constructor(
    private readonly snapshot: ServiceSnapshot,
    private readonly entries: KindEntriesService,
    signal: OutboxSignal,
  ) {
    signal.onCommitted(() => this.newest.clear());
  }

  /** Undefined when only the catalog knows. */
  known(idOrKey: string): KnownService | undefined {
    const key = keyOn(serviceKind, idOrKey);
    const found = this.snapshot.find(key);
    if (found) return found;
    const id = this.newest.get(cacheKey(key));
    const service = id === undefined ? undefined : this.snapshot.get(id);
    return service && isSeen(service) ? service : undefined;
  }

  /** Its inside id. @throws NotFoundError `service.not_found` */
  async idOf(idOrKey: string): Promise<string> {
    const known = this.known(idOrKey);
    if (known) return known.id;
    const { id } = await this.entries.resolve(serviceKind, idOrKey);
    const key = keyOn(serviceKind, idOrKey);
    const reference = parseReference(key);
    if (reference && 'name' in reference && reference.version === undefined) this.newest.set(cacheKey(key), id);
    return id;
  }
}

const cacheKey = (key: string): string => {
  const viewer = currentViewer();
  return viewer === undefined ? key : `${key} ${JSON.stringify(viewer)}`;
};
