import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { validated } from '../../../platform/http/validation.pipe.js';
import { ServicePlaces } from '../discovery/service-places.js';
import type { KnownInstance, KnownService } from '../discovery/service-snapshot.js';
import { ServiceHeartbeat } from '../instances/instance.dto.js';
import type { ServiceHeartbeatAnswer } from '../instances/instance.dto.js';
import { InstancesService } from '../instances/instances.service.js';
import { Liveness } from './liveness.js';

/** Takes heartbeats: one that changes nothing costs no question to the database. */
@Injectable()
export class Heartbeats {
  constructor(
    private readonly places: ServicePlaces,
    private readonly instances: InstancesService,
    private readonly liveness: Liveness,
  ) {}

  /** @throws NotFoundError `service.not_found`, `instance.not_found` */
  beat(
    service: string,
    instance: string,
    body: object | undefined,
  ): ServiceHeartbeatAnswer | Promise<ServiceHeartbeatAnswer> {
    const given = body === undefined ? undefined : validated(ServiceHeartbeat, body);
    const known = this.places.known(service);
    const found = known?.byName.get(instance);
    if (!known || !found || found.expired || !saysNothingNew(given, found))
      return this.report(service, known, instance, given);
    this.liveness.beat(found.id);
    return answerOf(found);
  }

  /** What is news goes into the database at once. */
  private async report(
    service: string,
    known: KnownService | undefined,
    instance: string,
    body: ServiceHeartbeat = {},
  ): Promise<ServiceHeartbeatAnswer> {
    const id = known?.id ?? (await this.places.idOf(service));
    const answer = await this.instances.report(id, instance, body);
    this.liveness.count();
    return answerOf({ ...answer, name: answer.id });
  }
}

const saysNothingNew = (body: ServiceHeartbeat | undefined, { status, metadata }: KnownInstance): boolean =>
  body === undefined ||
  ((body.status ?? status) === status && (body.metadata == null || isDeepStrictEqual(body.metadata, metadata)));

const answerOf = ({
  name,
  status,
  drain,
  ttl_seconds,
}: Pick<KnownInstance, 'name' | 'status' | 'drain' | 'ttl_seconds'>): ServiceHeartbeatAnswer => ({
  id: name,
  status,
  drain,
  ttl_seconds,
});
