import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export type Facts = Record<string, string | number | boolean>;

export interface HostFactsRow {
  host: string;
  facts: Facts;
  reported_at: Date;
}

/** Every plan without a host of its own is held against all of them. */
export const MOST_HOSTS = 1_000;

@Injectable()
export class HostFactsRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** What was known of the host before is forgotten. */
  /** What was known of the host before is forgotten. Undefined when it is new and there are as many as there may be. */
  async save(host: string, facts: Facts): Promise<HostFactsRow | undefined> {
    const [row] = await this.uow.query<HostFactsRow & object>(
      `INSERT INTO host_facts (host, facts)
       SELECT $1::text, $2::jsonb
       WHERE (SELECT count(*) FROM host_facts) < $3 OR EXISTS (SELECT FROM host_facts WHERE host = $1)
       ON CONFLICT ON CONSTRAINT host_facts_pkey DO UPDATE SET facts = excluded.facts, reported_at = clock_timestamp()
       RETURNING host, facts, reported_at`,
      [host, JSON.stringify(facts), MOST_HOSTS],
    );
    return row;
  }

  list(): Promise<HostFactsRow[]> {
    return this.uow.query<HostFactsRow & object>(
      'SELECT host, facts, reported_at FROM host_facts ORDER BY host COLLATE "C"',
    );
  }

  async find(host: string): Promise<HostFactsRow | undefined> {
    const sql = 'SELECT host, facts, reported_at FROM host_facts WHERE host = $1';
    return (await this.uow.query<HostFactsRow & object>(sql, [host]))[0];
  }

  /** Whether there was anything to forget. */
  async remove(host: string): Promise<boolean> {
    return (await this.uow.query('DELETE FROM host_facts WHERE host = $1 RETURNING host', [host])).length > 0;
  }
}
