import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { InstanceRow, ServiceIdentity } from '../instances/instance-row.js';

/** A service with all its instances, as discovery knows it. */
export interface ServiceRow extends ServiceIdentity {
  /** Counts the changes of what discovery answers. */
  index: number;
  title: string | null;
  status: string;
  type: string | null;
  feature: string | null;
  tags: string[];
  labels: Record<string, unknown>;
  /** Who may see it; null for everyone. */
  readers: string[] | null;
  instances: InstanceRow[];
}

interface LoadedRow extends Omit<ServiceRow, 'uid' | 'index' | 'instances'> {
  uid: string | null;
  index: string;
  instances: (Omit<InstanceRow, 'created_at' | 'updated_at'> & { created_at: string; updated_at: string })[] | null;
}

/** What has changed: everything after the next `since` is in a later answer, nothing is left out for good. */
export interface Changes {
  services: { id: string; index: number }[];
  since: string;
  /** Until when silent instances are kept, while most are silent. */
  guardUntil: Date | null;
}

const LOAD = `
  SELECT w.service_id AS id, w.version AS index, e.uid, e.name, e.version, e.title, e.status, e.feature, e.tags,
    e.spec ->> 'type' AS type, coalesce(e.spec -> 'labels', '{}') AS labels, x.readers,
    (SELECT json_agg(json_build_object('id', i.id::text, 'name', i.name, 'host', i.host, 'port', i.port, 'zone', i.zone,
       'weight', i.weight, 'tags', i.tags, 'metadata', i.metadata, 'ttl_seconds', i.ttl_seconds,
       'deregister_after_seconds', i.deregister_after_seconds, 'status', i.status, 'drain', i.drain,
       'expired', coalesce(h.expired, false), 'created_at', i.created_at, 'updated_at', i.updated_at) ORDER BY i.id)
     FROM service_instance i LEFT JOIN service_heartbeat h ON h.instance_id = i.id WHERE i.service_id = w.service_id) AS instances
  FROM service_watch w LEFT JOIN entry e ON e.id = w.service_id LEFT JOIN entry_restriction x ON x.entry_id = e.id`;

/** Reads what discovery keeps in memory, whoever asks: who may see it is decided when it is answered. */
@Injectable()
export class SnapshotRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** These services, or all; those whose entry is gone come as ids. */
  async load(ids?: readonly string[]): Promise<{ rows: ServiceRow[]; gone: string[] }> {
    const found = ids
      ? await this.uow.query<LoadedRow & object>(`${LOAD} WHERE w.service_id = ANY ($1::bigint[])`, [ids])
      : await this.uow.query<LoadedRow & object>(LOAD);
    const rows = found.filter(({ uid }) => uid !== null).map(rowOf);
    return { rows, gone: found.filter(({ uid }) => uid === null).map(({ id }) => id) };
  }

  /**
   * Services changed since the answer before. A transaction that was still open then has an id at or above `since`, so what
   * it commits later is in the next answer; what had been told before comes twice, with the same index.
   */
  async changes(since: string): Promise<Changes> {
    const [row] = await this.uow.query<{ since: string; until: Date | null; services: [string, number][] | null }>(
      `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS since,
         (SELECT guard_until FROM service_liveness WHERE guard_until > clock_timestamp()) AS until,
         (SELECT json_agg(json_build_array(service_id::text, version)) FROM service_watch WHERE xid >= $1::xid8) AS services`,
      [since],
      'service-changes',
    );
    const services = (row.services ?? []).map(([id, index]) => ({ id, index }));
    return { since: row.since, services, guardUntil: row.until };
  }

  /** Forgets services whose entry has been gone for so long that every process has heard. */
  async forgetGone(): Promise<void> {
    await this.uow.query(
      `DELETE FROM service_watch w WHERE w.touched_at < clock_timestamp() - interval '10 minutes'
         AND NOT EXISTS (SELECT FROM entry e WHERE e.id = w.service_id)`,
    );
  }
}

function rowOf({ uid, index, instances, ...rest }: LoadedRow): ServiceRow {
  return {
    ...rest,
    uid: uid!,
    index: Number(index),
    instances: (instances ?? []).map((row) => ({
      ...row,
      created_at: new Date(row.created_at),
      updated_at: new Date(row.updated_at),
    })),
  };
}
