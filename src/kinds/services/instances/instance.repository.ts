import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { InstanceRow, InstanceStatus } from './instance-row.js';

/** What is written of an instance. */
export type InstanceFields = Pick<
  InstanceRow,
  | 'name'
  | 'host'
  | 'port'
  | 'zone'
  | 'weight'
  | 'tags'
  | 'metadata'
  | 'ttl_seconds'
  | 'deregister_after_seconds'
  | 'status'
>;

export interface BeatenRow extends InstanceRow {
  beat_at: Date | null;
  expires_at: Date | null;
}

const COLUMNS = `i.id, i.name, i.host, i.port, i.zone, i.weight, i.tags, i.metadata, i.ttl_seconds, i.deregister_after_seconds,
  i.status, i.drain, coalesce(h.expired, false) AS expired, i.created_at, i.updated_at, h.beat_at,
  h.beat_at + h.ttl * interval '1 second' AS expires_at`;
const FROM = 'FROM service_instance i LEFT JOIN service_heartbeat h ON h.instance_id = i.id';

const TOUCH = `
  INSERT INTO service_watch AS w (service_id) SELECT id FROM unnest($1::bigint[]) AS s (id) ORDER BY id
  ON CONFLICT (service_id) DO UPDATE SET version = w.version + 1, xid = pg_current_xact_id(), touched_at = clock_timestamp()`;

/** Rows of instances. Every change is made in the turn of its service: first the entry, then its watch, then the rows. */
@Injectable()
export class InstanceRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Takes the service's turn until the transaction ends; answers its public id, undefined when it is gone. */
  async takeTurn(serviceId: string): Promise<string | undefined> {
    const hold = 'SELECT uid FROM entry WHERE id = $1 FOR KEY SHARE';
    const [held] = await this.uow.query<{ uid: string }>(hold, [serviceId], 'service-hold');
    if (!held) return undefined;
    for (;;) {
      const sql = 'SELECT FROM service_watch WHERE service_id = $1 FOR UPDATE';
      if ((await this.uow.query(sql, [serviceId], 'service-turn')).length > 0) return held.uid;
      await this.uow.query('INSERT INTO service_watch (service_id) VALUES ($1) ON CONFLICT DO NOTHING', [serviceId]);
    }
  }

  /** Makes the services' next versions, and takes their turns where that is not done. */
  async touch(serviceIds: readonly string[]): Promise<void> {
    await this.uow.query(TOUCH, [serviceIds], 'service-touch');
  }

  async find(serviceId: string, name: string): Promise<BeatenRow | undefined> {
    const sql = `SELECT ${COLUMNS} ${FROM} WHERE i.service_id = $1 AND i.name = $2`;
    return (await this.uow.query<BeatenRow & object>(sql, [serviceId, name], 'instance-find'))[0];
  }

  /** Those that have the name or the address: none, one, or two when they belong to different ones. */
  claims(serviceId: string, { name, host, port }: Pick<InstanceRow, 'name' | 'host' | 'port'>): Promise<BeatenRow[]> {
    return this.uow.query<BeatenRow & object>(
      `SELECT ${COLUMNS} ${FROM} WHERE i.service_id = $1 AND (i.name = $2 OR (i.host = $3 AND i.port = $4)) ORDER BY i.id`,
      [serviceId, name, host, port],
      'instance-claims',
    );
  }

  async count(serviceId: string): Promise<number> {
    const sql = 'SELECT count(*)::integer AS n FROM service_instance WHERE service_id = $1';
    return (await this.uow.query<{ n: number }>(sql, [serviceId], 'instance-count'))[0].n;
  }

  async insert(serviceId: string, fields: InstanceFields): Promise<void> {
    const [{ id }] = await this.uow.query<{ id: string }>(
      `INSERT INTO service_instance
         (service_id, name, host, port, zone, weight, tags, metadata, ttl_seconds, deregister_after_seconds, status)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
      [serviceId, ...values(fields)],
      'instance-insert',
    );
    await this.beat(serviceId, id, fields);
  }

  async update(id: string, fields: InstanceFields, drain: boolean): Promise<void> {
    await this.uow.query(
      `UPDATE service_instance SET name = $2, host = $3, port = $4, zone = $5, weight = $6, tags = $7, metadata = $8,
         ttl_seconds = $9, deregister_after_seconds = $10, status = $11, drain = $12, updated_at = clock_timestamp()
       WHERE id = $1`,
      [id, ...values(fields), drain],
      'instance-update',
    );
  }

  /** A heartbeat of now, with the time to live as it is now; what sends none is not waited for. */
  async beat(
    serviceId: string,
    id: string,
    { ttl_seconds, deregister_after_seconds }: Pick<InstanceRow, 'ttl_seconds' | 'deregister_after_seconds'>,
  ): Promise<void> {
    if (ttl_seconds === null) {
      await this.uow.query('DELETE FROM service_heartbeat WHERE instance_id = $1', [id], 'heartbeat-forget');
      return;
    }
    await this.uow.query(
      `INSERT INTO service_heartbeat AS h (instance_id, service_id, ttl, deregister_after, beat_at)
       VALUES ($1, $2, $3, $4, clock_timestamp())
       ON CONFLICT (instance_id) DO UPDATE SET ttl = excluded.ttl, deregister_after = excluded.deregister_after,
         beat_at = excluded.beat_at, expired = false`,
      [id, serviceId, ttl_seconds, deregister_after_seconds],
      'heartbeat-set',
    );
  }

  /** Another time to live without a heartbeat. */
  async retime(id: string, { ttl_seconds, deregister_after_seconds }: InstanceFields): Promise<void> {
    await this.uow.query(
      'UPDATE service_heartbeat SET ttl = $2, deregister_after = $3 WHERE instance_id = $1',
      [id, ttl_seconds, deregister_after_seconds],
      'heartbeat-retime',
    );
  }

  async report(id: string, status: InstanceStatus, metadata: Record<string, unknown>): Promise<void> {
    await this.uow.query(
      `UPDATE service_instance SET status = $2, metadata = $3, updated_at = clock_timestamp() WHERE id = $1`,
      [id, status, JSON.stringify(metadata)],
      'instance-report',
    );
  }

  async remove(id: string): Promise<void> {
    await this.uow.query('DELETE FROM service_instance WHERE id = $1', [id], 'instance-remove');
  }

  /** Heartbeats that came for these instances after they had been given up: they are there again. Answers their services. */
  async revive(instanceIds: readonly string[]): Promise<string[]> {
    const rows = await this.uow.query<{ service_id: string }>(
      'SELECT DISTINCT service_id FROM service_heartbeat WHERE expired AND instance_id = ANY ($1::bigint[])',
      [instanceIds],
    );
    if (rows.length === 0) return [];
    const services = rows.map(({ service_id }) => service_id);
    await this.touch(services);
    await this.uow.query(
      'UPDATE service_heartbeat SET expired = false WHERE expired AND instance_id = ANY ($1::bigint[])',
      [instanceIds],
    );
    return services;
  }
}

const values = (fields: InstanceFields): unknown[] => [
  fields.name,
  fields.host,
  fields.port,
  fields.zone,
  fields.weight,
  fields.tags,
  JSON.stringify(fields.metadata),
  fields.ttl_seconds,
  fields.deregister_after_seconds,
  fields.status,
];
