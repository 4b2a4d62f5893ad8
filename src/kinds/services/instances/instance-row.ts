import { keyOf } from '../../../entries/entry-key.js';

export const STATUSES = ['passing', 'warning', 'critical'] as const;
export type InstanceStatus = (typeof STATUSES)[number];

type Json = Record<string, unknown>;

/** An instance as it is kept in memory. Neither id leaves the service: `name` is what clients know it by. */
export interface InstanceRow {
  /** Inside id (bigint as text). */
  id: string;
  name: string;
  host: string;
  port: number;
  zone: string | null;
  weight: number;
  tags: string[];
  metadata: Json;
  ttl_seconds: number | null;
  deregister_after_seconds: number | null;
  /** As last reported; what is silent keeps it. */
  status: InstanceStatus;
  drain: boolean;
  /** Silent for longer than its time to live, by the database's clock. */
  expired: boolean;
  created_at: Date;
  updated_at: Date;
}

/** The service of an instance, as far as answers name it. */
export interface ServiceIdentity {
  /** Inside id. */
  id: string;
  uid: string;
  name: string;
  /** Of the entry; empty for none. */
  version: string;
}

/** Whether a client may be sent there. */
export const isHealthy = ({ status, drain, expired }: InstanceRow): boolean =>
  !expired && !drain && status !== 'critical';

/** An instance as the wire has it. */
export function toInstanceResponse(service: ServiceIdentity, row: InstanceRow) {
  const { name, host, port, zone, weight, tags, metadata, ttl_seconds, deregister_after_seconds, drain, expired } = row;
  return {
    id: name,
    service_id: service.uid,
    service: keyOf('service', service.name, service.version),
    host,
    port,
    zone,
    weight,
    tags,
    metadata,
    ttl_seconds,
    deregister_after_seconds,
    status: expired ? ('critical' as const) : row.status,
    drain,
    expired,
    healthy: isHealthy(row),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
export type InstanceResponse = ReturnType<typeof toInstanceResponse>;
