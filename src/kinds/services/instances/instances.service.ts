import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditTrail } from '../../../platform/audit/audit-trail.js';
import { changedParts } from '../../../platform/audit/changed-parts.js';
import { isForeignKeyViolation } from '../../../platform/database/database-errors.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import {
  ConflictError,
  ImpossibleError,
  InvalidError,
  NotFoundError,
} from '../../../platform/errors/registry-error.js';
import { SnapshotFeed } from '../discovery/snapshot-feed.js';
import { ServiceSnapshot } from '../discovery/service-snapshot.js';
import { InstanceHealth } from '../instance-health.js';
import { DEFAULT_DEREGISTER_AFTER, DEFAULT_TTL } from './instance.dto.js';
import type {
  ServiceHeartbeat,
  ServiceInstanceChange,
  ServiceInstanceCreate,
  ServiceInstanceDetail,
} from './instance.dto.js';
import { InstanceRepository } from './instance.repository.js';
import type { BeatenRow, InstanceFields } from './instance.repository.js';
import { toInstanceResponse } from './instance-row.js';
import type { InstanceResponse } from './instance-row.js';

/** Instances of one service. */
export const MOST_INSTANCES = 5000;
const MOST_METADATA = 16 * 1024;

/** Registers, changes and removes instances: each change one transaction in its service's turn, told once it is known here. */
@Injectable()
export class InstancesService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: InstanceRepository,
    private readonly feed: SnapshotFeed,
    private readonly snapshot: ServiceSnapshot,
    private readonly health: InstanceHealth,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * The same host and port again is the same instance, with what is said of it now; a drain stays.
   * @throws ConflictError `instance.taken` when name and address belong to different instances
   */
  async register(
    serviceId: string,
    body: ServiceInstanceCreate,
  ): Promise<{ instance: InstanceResponse; made: boolean }> {
    const fields = fieldsOf(body);
    const { name, made } = await this.inTurn(serviceId, async (uid) => {
      const [found, other] = await this.repository.claims(serviceId, fields);
      if (other)
        throw new ConflictError(
          'instance.taken',
          `${found.name} and ${other.name} are two instances; say one of them.`,
        );
      if (found) return { ...(await this.registerAgain(serviceId, found, fields, uid)), made: false };
      if ((await this.repository.count(serviceId)) >= MOST_INSTANCES)
        throw new ImpossibleError('instance.too_many', `A service has at most ${MOST_INSTANCES} instances.`);
      await this.repository.touch([serviceId]);
      await this.repository.insert(serviceId, fields);
      await this.record('create', uid, fields.name, { after: fields });
      return { name: fields.name, made: true };
    });
    return { instance: await this.told(serviceId, name), made };
  }

  /** @throws NotFoundError `instance.not_found` */
  async change(serviceId: string, name: string, body: ServiceInstanceChange): Promise<InstanceResponse> {
    await this.inTurn(serviceId, async (uid) => {
      const before = await this.get(serviceId, name);
      const fields = changed(before, body);
      const drain = body.drain ?? before.drain;
      if (drain === before.drain && isDeepStrictEqual(fields, pick(before))) return;
      await this.repository.touch([serviceId]);
      await this.repository.update(before.id, fields, drain);
      const was = { ...pick(before), drain: before.drain };
      await this.record('update', uid, name, changedParts(was, { ...fields, drain }));
      if (before.ttl_seconds === null || fields.ttl_seconds === null)
        await this.repository.beat(serviceId, before.id, fields);
      else await this.repository.retime(before.id, fields);
    });
    return this.told(serviceId, name);
  }

  /** What a heartbeat changes: what is reported, and that the instance is there again. */
  async report(serviceId: string, name: string, body: ServiceHeartbeat): Promise<InstanceResponse> {
    await this.inTurn(serviceId, async () => {
      const before = await this.get(serviceId, name);
      const status = body.status ?? before.status;
      const metadata = body.metadata ?? before.metadata;
      const same = status === before.status && isDeepStrictEqual(metadata, before.metadata);
      if (!same || before.expired) await this.repository.touch([serviceId]);
      if (!same) await this.repository.report(before.id, status, limited(metadata));
      await this.repository.beat(serviceId, before.id, before);
    });
    return this.told(serviceId, name);
  }

  async remove(serviceId: string, name: string): Promise<void> {
    await this.inTurn(serviceId, async (uid) => {
      const before = await this.get(serviceId, name);
      await this.repository.touch([serviceId]);
      await this.repository.remove(before.id);
      await this.record('delete', uid, name, { before: pick(before) });
    });
    await this.known(serviceId);
  }

  /** As it stands in the database, with its last heartbeat. */
  async detail(serviceId: string, name: string): Promise<ServiceInstanceDetail> {
    const row = await this.get(serviceId, name);
    if (!this.snapshot.get(serviceId)) await this.feed.refresh([serviceId]);
    const service = this.snapshot.get(serviceId);
    if (!service) throw new NotFoundError('service', serviceId);
    return {
      ...toInstanceResponse(service, row),
      last_heartbeat_at: row.beat_at?.toISOString() ?? null,
      expires_at: row.expires_at?.toISOString() ?? null,
    };
  }

  /** @throws NotFoundError `instance.not_found` */
  private async get(serviceId: string, name: string): Promise<BeatenRow> {
    const row = await this.repository.find(serviceId, name);
    if (!row) throw new NotFoundError('instance', name);
    return row;
  }

  private async registerAgain(
    serviceId: string,
    found: BeatenRow,
    given: InstanceFields,
    uid: string,
  ): Promise<{ name: string }> {
    // Found by its name it has moved; found by its address it keeps its name.
    const fields = { ...given, name: found.name };
    const same = isDeepStrictEqual(fields, pick(found));
    if (!same || found.expired) await this.repository.touch([serviceId]);
    if (!same) {
      await this.repository.update(found.id, fields, found.drain);
      await this.record('update', uid, fields.name, changedParts(pick(found), fields));
    }
    await this.repository.beat(serviceId, found.id, fields);
    return { name: fields.name };
  }

  /** One change of a service's instances at a time, and none of a service that is gone. */
  private async inTurn<T>(serviceId: string, change: (uid: string) => Promise<T>): Promise<T> {
    const gone = (): NotFoundError => new NotFoundError('service', this.snapshot.get(serviceId)?.name ?? serviceId);
    try {
      return await this.uow.run(async () => {
        const uid = await this.repository.takeTurn(serviceId);
        if (!uid) throw gone();
        return change(uid);
      });
    } catch (error) {
      throw isForeignKeyViolation(error) ? gone() : error;
    }
  }

  /** Heartbeats are no changes, whatever they report. */
  private record(
    what: string,
    service_id: string,
    name: string,
    change: { before?: object; after?: object },
  ): Promise<void> {
    const subject = { type: 'instance', id: name };
    return this.audit.record({ action: `instance.${what}`, subject, details: { service_id }, ...change });
  }

  private async told(serviceId: string, name: string): Promise<InstanceResponse> {
    await this.known(serviceId);
    const service = this.snapshot.get(serviceId);
    const instance = service?.byName.get(name);
    // Removed in the meantime.
    if (!service || !instance) throw new NotFoundError('instance', name);
    return toInstanceResponse(service, instance);
  }

  private async known(serviceId: string): Promise<void> {
    this.health.changed([serviceId]);
    await this.feed.refresh([serviceId]);
  }
}

const fieldsOf = (body: ServiceInstanceCreate): InstanceFields => ({
  name: body.id ?? uuidv7(),
  host: body.host,
  port: body.port,
  zone: body.zone ?? null,
  weight: body.weight ?? 1,
  tags: [...new Set(body.tags)],
  metadata: limited(body.metadata ?? {}),
  ttl_seconds: body.ttl_seconds === undefined ? DEFAULT_TTL : body.ttl_seconds,
  deregister_after_seconds: body.deregister_after_seconds ?? DEFAULT_DEREGISTER_AFTER,
  status: body.status ?? 'passing',
});

const pick = ({ name, host, port, zone, weight, tags, metadata, ttl_seconds, deregister_after_seconds, status }: BeatenRow): InstanceFields => ({
  name, host, port, zone, weight, tags, metadata, ttl_seconds, deregister_after_seconds, status,
}); // prettier-ignore

/** What is left out stays; null takes away. */
const changed = (before: BeatenRow, body: ServiceInstanceChange): InstanceFields => ({
  ...pick(before),
  ...(body.zone !== undefined && { zone: body.zone }),
  ...(body.weight !== undefined && { weight: body.weight ?? 1 }),
  ...(body.tags !== undefined && { tags: [...new Set(body.tags)] }),
  ...(body.metadata !== undefined && { metadata: limited(body.metadata ?? {}) }),
  ...(body.ttl_seconds !== undefined && { ttl_seconds: body.ttl_seconds }),
  ...(body.deregister_after_seconds !== undefined && {
    deregister_after_seconds: body.deregister_after_seconds ?? DEFAULT_DEREGISTER_AFTER,
  }),
});

function limited(metadata: Record<string, unknown>): Record<string, unknown> {
  const bytes = Buffer.byteLength(JSON.stringify(metadata));
  if (bytes <= MOST_METADATA) return metadata;
  throw InvalidError.field('metadata', `holds ${bytes} bytes of JSON, more than the limit of ${MOST_METADATA}`);
}
