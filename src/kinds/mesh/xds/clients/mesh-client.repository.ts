import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../../platform/database/unit-of-work.js';

/** What is known of one proxy and one type of resource. */
export interface ClientNote {
  node_id: string;
  /** `clusters`, `endpoints`, `listeners` or `routes`. */
  type: string;
  protocol: 'rest' | 'ads';
  cluster: string;
  user_agent: string;
  zone: string | null;
  principal: string;
  seen_at: Date;
  served_version?: string;
  applied_version?: string;
  rejected_version?: string;
  error?: string;
  /** By REST nobody says no: who still has another version than it was given has not taken that. */
  has_version?: string;
}

export type ClientRow = Omit<Required<ClientNote>, 'has_version' | 'served_version' | 'applied_version' | 'rejected_version' | 'error'> & {
  served_version: string | null;
  served_at: Date | null;
  applied_version: string | null;
  applied_at: Date | null;
  rejected_version: string | null;
  rejected_at: Date | null;
  error: string | null;
}; // prettier-ignore

const LOST = 'It still had another version when it asked again.';

const NOTE = `
  INSERT INTO mesh_client AS c (node_id, type, protocol, cluster, user_agent, zone, principal, seen_at, served_version, served_at, applied_version,
    applied_at, rejected_version, rejected_at, error)
  SELECT node_id, type, protocol, cluster, user_agent, zone, principal, seen_at, served, CASE WHEN served IS NOT NULL THEN seen_at END,
    coalesce(applied, has), CASE WHEN coalesce(applied, has) IS NOT NULL THEN seen_at END, rejected,
    CASE WHEN rejected IS NOT NULL THEN seen_at END, error
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::text[])
    AS n(node_id, type, protocol, cluster, user_agent, zone, principal, seen_at, served, applied, rejected, error, has)
  ORDER BY node_id, type
  ON CONFLICT (node_id, type) DO UPDATE SET protocol = excluded.protocol, cluster = excluded.cluster, user_agent = excluded.user_agent,
    zone = excluded.zone, principal = excluded.principal, seen_at = greatest(c.seen_at, excluded.seen_at),
    served_at = CASE WHEN excluded.served_version <> c.served_version OR c.served_version IS NULL THEN coalesce(excluded.served_at, c.served_at)
      ELSE c.served_at END,
    served_version = coalesce(excluded.served_version, c.served_version),
    applied_at = CASE WHEN excluded.applied_version <> c.applied_version OR c.applied_version IS NULL THEN coalesce(excluded.applied_at, c.applied_at)
      ELSE c.applied_at END,
    applied_version = coalesce(excluded.applied_version, c.applied_version),
    rejected_version = CASE WHEN excluded.rejected_version IS NOT NULL THEN excluded.rejected_version
      WHEN excluded.applied_version = coalesce(c.rejected_version, c.served_version) THEN NULL
      WHEN excluded.protocol = 'rest' AND excluded.applied_version <> c.served_version THEN c.served_version ELSE c.rejected_version END,
    rejected_at = CASE WHEN excluded.rejected_version IS NOT NULL THEN excluded.rejected_at
      WHEN excluded.applied_version = coalesce(c.rejected_version, c.served_version) THEN NULL
      WHEN excluded.protocol = 'rest' AND excluded.applied_version <> c.served_version THEN excluded.seen_at ELSE c.rejected_at END,
    error = CASE WHEN excluded.rejected_version IS NOT NULL THEN excluded.error
      WHEN excluded.applied_version = coalesce(c.rejected_version, c.served_version) THEN NULL
      WHEN excluded.protocol = 'rest' AND excluded.applied_version <> c.served_version THEN '${LOST}' ELSE c.error END`;

/** Proxies and what they took, of all replicas. */
@Injectable()
export class MeshClientRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** At most one note for each node and type. */
  async note(notes: readonly ClientNote[]): Promise<void> {
    const columns = [
      notes.map(({ node_id }) => node_id),
      notes.map(({ type }) => type),
      notes.map(({ protocol }) => protocol),
      notes.map(({ cluster }) => cluster),
      notes.map(({ user_agent }) => user_agent),
      notes.map(({ zone }) => zone),
      notes.map(({ principal }) => principal),
      notes.map(({ seen_at }) => seen_at),
      notes.map(({ served_version }) => served_version ?? null),
      notes.map(({ applied_version }) => applied_version ?? null),
      notes.map(({ rejected_version }) => rejected_version ?? null),
      notes.map(({ error }) => error ?? null),
      notes.map(({ has_version }) => has_version ?? null),
    ];
    await this.uow.run(() => this.uow.query(NOTE, columns));
  }

  /** In the order of their nodes, with all types of each. */
  list(most: number): Promise<ClientRow[]> {
    return this.uow.query<ClientRow>(
      `SELECT * FROM mesh_client WHERE node_id IN (SELECT DISTINCT node_id FROM mesh_client ORDER BY node_id LIMIT $1) ORDER BY node_id, type`,
      [most],
    );
  }

  async forget(olderThanHours: number): Promise<void> {
    await this.uow.query('DELETE FROM mesh_client WHERE seen_at < clock_timestamp() - make_interval(hours => $1)', [
      olderThanHours,
    ]);
  }
}
