import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { registriesFrom } from '../../entries/entry-filter.js';
import { SUMMARY_COLUMNS } from '../../entries/entry-response.js';
import type { SummaryRow } from '../../entries/entry-response.js';
import { visible } from '../../entries/visibility.js';

/** A registry in a tree. */
export interface RegistryNodeRow extends SummaryRow {
  level: string;
  /** Inside id of the registry above. */
  registry_id: string | null;
  /** Steps below the first. */
  depth: number;
  /** Entries that live in it, registries apart. */
  entries: string;
  /** Registries right below it. */
  registries: string;
}

export interface TreeLimits {
  depth: number;
  nodes: number;
}

export interface MemberCount {
  kind: string;
  status: string;
  health: string;
  n: string;
}

/** Whatever number, as long as nobody else has it. */
const TREE_LOCK = 764_907_001;

const ABOVE = `WITH RECURSIVE above AS (
    SELECT e.id, e.registry_id, 0 AS n FROM entry e WHERE e.id = $1
    UNION ALL SELECT p.id, p.registry_id, a.n + 1 FROM entry p JOIN above a ON p.id = a.registry_id
  ) CYCLE id SET seen USING path`;

/** Questions about the tree that registries make by `entry.registry_id`. Takes inside ids. */
@Injectable()
export class RegistryTreeRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Until the transaction ends nobody else changes the tree: two moves that together make a cycle come one after the other. */
  async lock(): Promise<void> {
    await this.uow.query('SELECT pg_advisory_xact_lock($1::bigint)', [TREE_LOCK]);
  }

  /** Takes a public id. */
  async levelOf(uid: string): Promise<string | undefined> {
    const [row] = await this.uow.query<{ level: string }>(
      "SELECT spec ->> 'level' AS level FROM entry WHERE uid = $1",
      [uid],
    );
    return row?.level;
  }

  /** The levels of the registries right below. */
  async levelsBelow(id: string): Promise<string[]> {
    const rows = await this.uow.query<{ level: string }>(
      "SELECT DISTINCT spec ->> 'level' AS level FROM entry WHERE registry_id = $1 AND kind = 'registry'",
      [id],
    );
    return rows.map(({ level }) => level);
  }

  /** Whether the first is the second or stands below it. */
  async isWithin(id: string, other: string): Promise<boolean> {
    const rows = await this.uow.query(`${ABOVE} SELECT 1 FROM above WHERE id = $2`, [id, other]);
    return rows.length > 0;
  }

  /** The registries above, the topmost first. */
  ancestors(id: string): Promise<(SummaryRow & { level: string })[]> {
    const values: unknown[] = [id];
    return this.uow.query<SummaryRow & { level: string }>(
      `${ABOVE} SELECT ${SUMMARY_COLUMNS}, e.spec ->> 'level' AS level FROM above a JOIN entry e ON e.id = a.id
       WHERE a.n > 0 AND ${visible('e.id', values)} ORDER BY a.n DESC`,
      values,
    );
  }

  /**
   * The registries from `root` down, or all where none is given, level by level; one more than `nodes` when there are more.
   * What the caller may not see is left out with all below it, but what stands right below such a one begins a tree of
   * its own where no root is given.
   */
  tree(root: string | undefined, { depth, nodes }: TreeLimits): Promise<RegistryNodeRow[]> {
    const values: unknown[] = [depth, nodes + 1];
    const first =
      root === undefined
        ? `(e.registry_id IS NULL OR NOT (${visible('e.registry_id', values)}))`
        : `e.id = $${values.push(root)}`;
    const within = 'FROM entry m WHERE m.registry_id = e.id AND m.kind';
    const seen = visible('m.id', values);
    return this.uow.query<RegistryNodeRow & object>(
      `WITH RECURSIVE t AS (
         SELECT e.id, 0 AS depth FROM entry e WHERE ${first} AND e.kind = 'registry' AND ${visible('e.id', values)}
         UNION ALL SELECT c.id, t.depth + 1 FROM entry c JOIN t ON c.registry_id = t.id
         WHERE c.kind = 'registry' AND t.depth < $1 AND ${visible('c.id', values)}
       )
       SELECT ${SUMMARY_COLUMNS}, e.spec ->> 'level' AS level, e.registry_id, t.depth,
         (SELECT count(*) ${within} <> 'registry' AND ${seen}) AS entries,
         (SELECT count(*) ${within} = 'registry' AND ${seen}) AS registries
       FROM t JOIN entry e ON e.id = t.id ORDER BY t.depth, e.name, e.id LIMIT $2`,
      values,
    );
  }

  /** Public ids of the registries right below. */
  async childrenOf(id: string): Promise<string[]> {
    const rows = await this.uow.query<{ uid: string }>(
      "SELECT uid FROM entry WHERE registry_id = $1 AND kind = 'registry' ORDER BY id",
      [id],
    );
    return rows.map(({ uid }) => uid);
  }

  /** Whether all registries below may be seen by the caller. */
  async seesAllBelow(id: string): Promise<boolean> {
    const values: unknown[] = [id];
    const rows = await this.uow.query(
      `SELECT 1 FROM entry e WHERE e.id IN (${registriesFrom('$1')}) AND NOT (${visible('e.id', values)}) LIMIT 1`,
      values,
    );
    return rows.length === 0;
  }

  async isEmpty(id: string): Promise<boolean> {
    return (await this.uow.query('SELECT 1 FROM entry WHERE registry_id = $1 LIMIT 1', [id])).length === 0;
  }

  /** How many entries the caller sees in it, or with `recursive` also below it, by what they are. */
  members(id: string, recursive: boolean): Promise<MemberCount[]> {
    const values: unknown[] = [id];
    return this.uow.query<MemberCount & object>(
      `SELECT e.kind, e.status, e.health, count(*) AS n FROM entry e
       WHERE e.registry_id ${recursive ? `IN (${registriesFrom('$1')})` : '= $1'} AND ${visible('e.id', values)}
       GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      values,
    );
  }
}
