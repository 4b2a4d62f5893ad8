import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ENTRY_COLUMNS } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import { visible } from '../visibility.js';

type Json = Record<string, unknown>;

/** What a registry gives to the entries made in it. */
export interface RegistryDefaults {
  owner: string | null;
  tags: string[];
  config: Json;
}

export const NO_DEFAULTS: RegistryDefaults = { owner: null, tags: [], config: {} };

/** The registry itself and those above it, by inside id `$1`, nearest first as `n` goes up. */
const ABOVE = `WITH RECURSIVE above AS (
    SELECT e.id, e.registry_id, 0 AS n FROM entry e WHERE e.id = $1
    UNION ALL SELECT p.id, p.registry_id, a.n + 1 FROM entry p JOIN above a ON p.id = a.registry_id
  ) CYCLE id SET seen USING path`;

/** Which entries live in which registry (`entry.registry_id`), and what registries give to them. Takes inside ids. */
@Injectable()
export class MembershipRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The state of a registry that is about to get a member, kept until the transaction ends; undefined when it is gone. */
  async holdStatus(id: string): Promise<string | undefined> {
    const [row] = await this.uow.query<{ status: string }>(
      'SELECT status FROM entry WHERE id = $1 FOR KEY SHARE',
      [id],
      'registry-hold',
    );
    return row?.status;
  }

  /** Registries the caller may see, each after the one it lives in, a page at a time. */
  page(after: { depth: number; id: string }, limit: number): Promise<(EntryRow & { depth: number })[]> {
    const values: unknown[] = [after.depth, after.id, limit];
    return this.uow.query<EntryRow & { depth: number }>(
      `WITH RECURSIVE r AS (
         SELECT id, 0 AS depth FROM entry WHERE kind = 'registry' AND registry_id IS NULL
         UNION ALL SELECT c.id, r.depth + 1 FROM entry c JOIN r ON c.registry_id = r.id WHERE c.kind = 'registry'
       )
       SELECT r.depth, ${ENTRY_COLUMNS} FROM r JOIN entry e ON e.id = r.id
       WHERE (r.depth, r.id) > ($1::integer, $2::bigint) AND ${visible('e.id', values)}
       ORDER BY r.depth, r.id LIMIT $3`,
      values,
    );
  }

  /** The defaults of a registry and of those above it, nearest first; registries without any are left out. */
  defaultsUp(id: string): Promise<RegistryDefaults[]> {
    return this.uow.query<RegistryDefaults & object>(
      `${ABOVE} SELECT d.owner, d.tags, d.config FROM above a JOIN registry_default d ON d.entry_id = a.id ORDER BY a.n`,
      [id],
    );
  }

  async ownDefaults(id: string): Promise<RegistryDefaults> {
    const [own] = await this.uow.query<RegistryDefaults & object>(
      'SELECT owner, tags, config FROM registry_default WHERE entry_id = $1',
      [id],
    );
    return own ?? NO_DEFAULTS;
  }

  async saveDefaults(id: string, { owner, tags, config }: RegistryDefaults): Promise<void> {
    await this.uow.query(
      `INSERT INTO registry_default (entry_id, owner, tags, config) VALUES ($1, $2, $3, $4)
       ON CONFLICT (entry_id) DO UPDATE SET owner = excluded.owner, tags = excluded.tags, config = excluded.config`,
      [id, owner, tags, JSON.stringify(config)],
    );
  }

  /** Some members of a registry, registries left out, locked in an order every caller keeps. */
  lockMembers(registryId: string, limit: number): Promise<EntryRow[]> {
    return this.uow.query<EntryRow & object>(
      `SELECT ${ENTRY_COLUMNS} FROM entry e WHERE e.registry_id = $1 AND e.kind <> 'registry'
       ORDER BY e.id LIMIT $2 FOR UPDATE OF e`,
      [registryId, limit],
    );
  }

  lock(ids: readonly string[]): Promise<EntryRow[]> {
    return this.uow.query<EntryRow & object>(
      `SELECT ${ENTRY_COLUMNS} FROM entry e WHERE e.id = ANY ($1::bigint[]) ORDER BY e.id FOR UPDATE OF e`,
      [ids],
    );
  }

  /** Gives locked entries another registry, or none, and answers them as they are then. */
  reassign(ids: readonly string[], registryId: string | null): Promise<EntryRow[]> {
    return this.uow.query<EntryRow & object>(
      `UPDATE entry e SET registry_id = $2, revision = e.revision + 1, updated_at = clock_timestamp()
       WHERE e.id = ANY ($1::bigint[]) RETURNING ${ENTRY_COLUMNS}`,
      [ids, registryId],
    );
  }
}
