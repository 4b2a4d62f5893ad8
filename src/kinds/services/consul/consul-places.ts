import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ConflictError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { isSeen, ServiceSnapshot } from '../discovery/service-snapshot.js';
import type { KnownInstance } from '../discovery/service-snapshot.js';
import { checkIdOf } from './consul-views.js';
import type { Place } from './consul-views.js';

const MOST_REMEMBERED = 20_000;
const SERVICE_CHECK = 'service:';

/** Finds instances by their id alone: Consul's clients name no service, as an agent knows its own. */
@Injectable()
export class ConsulPlaces {
  /** Where an id was found the last time: inside ids of services. */
  private readonly last = new LRUCache<string, string>({ max: MOST_REMEMBERED });

  constructor(private readonly snapshot: ServiceSnapshot) {}

  /** Every instance of open services that the caller may see, of one name or of all. */
  *all(service?: string): Generator<Place> {
    for (const known of this.snapshot.all(service))
      if (known.open) for (const instance of known.instances) yield { service: known, instance };
  }

  /** Undefined when there is none. @throws ConflictError `instance.ambiguous` */
  find(id: string): Place | undefined {
    return this.remembered(id, id) ?? this.search(id, (service) => service.get(id));
  }

  /** @throws NotFoundError */
  byId(id: string): Place {
    const found = this.find(id);
    if (found) return found;
    throw new NotFoundError('service', id);
  }

  /** By the id of its check. @throws NotFoundError */
  byCheck(check: string): Place {
    const id = check.startsWith(SERVICE_CHECK) ? check.slice(SERVICE_CHECK.length) : undefined;
    const found = (id !== undefined && this.find(id)) || this.byOwnCheck(check);
    if (found) return found;
    throw new NotFoundError('check', check);
  }

  private byOwnCheck(check: string): Place | undefined {
    const isIt = (instance: KnownInstance): boolean => checkIdOf(instance) === check;
    const key = `check ${check}`;
    const known = this.snapshot.get(this.last.get(key) ?? '');
    const again = known && isSeen(known) ? known.instances.find(isIt) : undefined;
    if (known && again) return { service: known, instance: again };
    return this.search(key, (_, instances) => instances.find(isIt));
  }

  private remembered(key: string, id: string): Place | undefined {
    const service = this.snapshot.get(this.last.get(key) ?? '');
    const instance = service && isSeen(service) ? service.byName.get(id) : undefined;
    return service && instance && { service, instance };
  }

  private search(
    key: string,
    pick: (
      byName: ReadonlyMap<string, KnownInstance>,
      instances: readonly KnownInstance[],
    ) => KnownInstance | undefined,
  ): Place | undefined {
    const found: Place[] = [];
    for (const service of this.snapshot.all()) {
      const instance = pick(service.byName, service.instances);
      if (instance) found.push({ service, instance });
    }
    if (found.length > 1) {
      const names = found.map(({ service }) => service.name).join(', ');
      throw new ConflictError('instance.ambiguous', `${names} have each an instance of this id.`);
    }
    if (found.length === 1) this.last.set(key, found[0].service.id);
    return found[0];
  }
}
