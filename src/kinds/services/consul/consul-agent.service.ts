import { Injectable } from '@nestjs/common';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { ConflictError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { ServicePlaces } from '../discovery/service-places.js';
import { ServiceSnapshot } from '../discovery/service-snapshot.js';
import type { InstanceStatus } from '../instances/instance-row.js';
import { InstancesService } from '../instances/instances.service.js';
import { Heartbeats } from '../liveness/heartbeats.js';
import { serviceKind } from '../service.kind.js';
import { ConsulPlaces } from './consul-places.js';
import type { Registration } from './consul-registration.js';

/** What Consul's agent does for the services beside it, done for those of the whole registry. */
@Injectable()
export class ConsulAgent {
  constructor(
    private readonly found: ConsulPlaces,
    private readonly places: ServicePlaces,
    private readonly snapshot: ServiceSnapshot,
    private readonly entries: KindEntriesService,
    private readonly instances: InstancesService,
    private readonly heartbeats: Heartbeats,
  ) {}

  /** Makes the service too where there is none. One that was there keeps its drain, and its status where none is said. */
  async register({ service, instance, checked }: Registration): Promise<void> {
    const { id } = instance;
    const before = this.found.find(id);
    if (before && before.service.name !== service)
      throw new ConflictError('instance.taken', `The id ${id} is that of an instance of ${before.service.name}.`);
    const serviceId = await this.serviceOf(service);
    await this.replaceAt(serviceId, instance);
    const status = instance.status ?? before?.instance.status ?? (checked ? 'critical' : 'passing');
    await this.instances.register(serviceId, { ...instance, status });
  }

  deregister(id: string): Promise<void> {
    const { service } = this.found.byId(id);
    return this.instances.remove(service.id, id);
  }

  /** A wanted state: what is reported afterwards changes nothing of it. */
  async maintain(id: string, drain: boolean): Promise<void> {
    const { service } = this.found.byId(id);
    await this.instances.change(service.id, id, { drain });
  }

  /** A report is a heartbeat. */
  async report(check: string, status: InstanceStatus): Promise<void> {
    const { service, instance } = this.found.byCheck(check);
    await this.heartbeats.beat(service.uid, instance.name, { status });
  }

  /** Who comes to an address under a new id has taken the place of who was there: that one is gone. */
  private async replaceAt(serviceId: string, { id, host, port }: Registration['instance']): Promise<void> {
    const others = this.snapshot.get(serviceId)?.instances ?? [];
    const gone = others.find((one) => one.host === host && one.port === port && one.name !== id);
    if (!gone) return;
    try {
      await this.instances.remove(serviceId, gone.name);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }

  private async serviceOf(name: string): Promise<string> {
    const key = `${serviceKind.prefix}_${name}`;
    try {
      return await this.places.idOf(key);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
    try {
      return (await this.entries.register(serviceKind, { name })).id;
    } catch (error) {
      // Somebody else was first.
      if (error instanceof ConflictError) return this.places.idOf(key);
      throw error;
    }
  }
}
