import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** A flag and those it needs, in any environment. */
export interface FlagNeeds {
  key: string;
  needs: string[];
}

/** Rows of entries that are flags answering to a key; of the versions of a flag each. */
const BY_KEYS = `feature_flag_change c JOIN entry e ON e.id = c.id WHERE c.subject = 'flag' AND c.flag_key = ANY ($1::text[])`;

/** Elements of a list in the settings of a flag and of each of its environments. */
const EVERYWHERE = (field: string): string => `
  SELECT e.spec -> '${field}' AS list UNION ALL
  SELECT o.value -> '${field}' FROM jsonb_each(CASE WHEN jsonb_typeof(e.spec -> 'environments') = 'object'
    THEN e.spec -> 'environments' ELSE '{}' END) o`;

/** What flags say of one another and of segments, as the running transaction sees it. */
@Injectable()
export class FlagReferencesRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** One writer of flags and segments at a time: what they say of each other is checked together. */
  async lock(): Promise<void> {
    await this.uow.query(`SELECT pg_advisory_xact_lock(hashtext('feature-flags'))`);
  }

  /** The name of another flag that answers to this key. */
  async holderOf(key: string, name: string): Promise<string | undefined> {
    const rows = await this.uow.query<{ name: string }>(`SELECT e.name FROM ${BY_KEYS} AND e.name <> $2 LIMIT 1`, [
      [key],
      name,
    ]);
    return rows[0]?.name;
  }

  async needsOf(keys: readonly string[]): Promise<FlagNeeds[]> {
    return this.uow.query<FlagNeeds & object>(
      `SELECT c.flag_key AS key, array(
         SELECT DISTINCT p ->> 'flag' FROM (${EVERYWHERE('prerequisites')}) l,
           jsonb_array_elements(CASE WHEN jsonb_typeof(l.list) = 'array' THEN l.list ELSE '[]' END) p
         WHERE p ->> 'flag' IS NOT NULL) AS needs
       FROM ${BY_KEYS}`,
      [keys],
    );
  }

  /** Those of these segments that there are. */
  async segments(keys: readonly string[]): Promise<string[]> {
    const rows = await this.uow.query<{ key: string }>(
      'SELECT key FROM feature_flag_segment WHERE key = ANY ($1::text[])',
      [keys],
    );
    return rows.map(({ key }) => key);
  }
}
