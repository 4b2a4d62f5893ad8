import { Injectable } from '@nestjs/common';
import type { ResolvedEntry } from '../../entries/entry-ids.js';
import { visible } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { ConfigSpec, ValueType } from './config.kind.js';

/** A value of the same key in another scope. */
export interface Sibling {
  /** Inside id. */
  id: string;
  uid: string;
  /** Its scope as the version of its entry. */
  version: string;
  spec: ConfigSpec;
}

/** A value as it stands in the catalog. */
export interface PlacedValue {
  uid: string;
  name: string;
  version: string;
  spec: ConfigSpec;
  metadata: Record<string, unknown>;
  revision: number;
}

/** Whatever numbers, as long as nobody else has them. */
const [ALL, KEY, REFERENCES] = [764_908_001, 764_908_002, 764_908_003];

/** Questions about keys and the values they have, whoever asks; `find` alone minds who sees what. */
@Injectable()
export class ConfigRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * Until the transaction ends nobody else changes this key in any scope, so that what is checked across scopes stays true.
   * A transaction that changes several keys takes {@link lockAll} first: keys locked one by one would wait in a circle.
   */
  lock(name: string): Promise<void> {
    if (this.uow.hasDone('config-lock')) return Promise.resolve();
    return this.uow.doOnce(`config-lock:${name}`, () =>
      this.uow.query(
        'SELECT pg_advisory_xact_lock_shared($1::bigint), pg_advisory_xact_lock($2::integer, hashtext($3))',
        [ALL, KEY, name],
        'config-lock',
      ),
    );
  }

  /** Until the transaction ends nobody else changes configuration. */
  lockAll(): Promise<void> {
    return this.uow.doOnce('config-lock', () => this.uow.query('SELECT pg_advisory_xact_lock($1::bigint)', [ALL]));
  }

  /** Comes after the lock of a key: nobody else changes what refers to what, in any key. */
  lockReferences(): Promise<void> {
    return this.uow.doOnce('config-references', () =>
      this.uow.query('SELECT pg_advisory_xact_lock($1::bigint)', [REFERENCES]),
    );
  }

  /** The entry of a key in a scope; undefined also for what the caller may not see. */
  async find(name: string, scope: string): Promise<ResolvedEntry | undefined> {
    const values: unknown[] = [name, scope];
    const [row] = await this.uow.query<ResolvedEntry & object>(
      `SELECT e.id, e.uid, e.kind, e.name, e.version FROM entry e
       WHERE e.kind = 'config' AND e.name = $1 AND e.version = $2 AND ${visible('e.id', values)}`,
      values,
    );
    return row;
  }

  /** The revisions that values are at, in this order; 0 of what is not there for the caller. */
  async revisionsOf(places: readonly { name: string; scopeText: string }[]): Promise<number[]> {
    const values: unknown[] = [places.map(({ name }) => name), places.map(({ scopeText }) => scopeText)];
    const rows = await this.uow.query<{ name: string; version: string; revision: number }>(
      `SELECT e.name, e.version, e.revision FROM entry e
       WHERE e.kind = 'config' AND (e.name, e.version) IN (SELECT * FROM unnest($1::text[], $2::text[]))
         AND ${visible('e.id', values)}`,
      values,
    );
    const known = new Map(rows.map(({ name, version, revision }) => [`${name}@${version}`, revision]));
    return places.map(({ name, scopeText }) => known.get(`${name}@${scopeText}`) ?? 0);
  }

  /** Values of one scope that the caller may see, of these keys or of those that begin with a text. */
  ofScope(
    scope: string,
    { keys, prefix }: { keys?: readonly string[]; prefix?: string },
    limit: number,
  ): Promise<PlacedValue[]> {
    // prettier-ignore
    const values: unknown[] = [scope, keys ?? null, prefix ?? null, limit];
    return this.uow.query<PlacedValue & object>(
      `SELECT e.uid, e.name, e.version, e.spec, e.metadata, e.revision FROM entry e
       WHERE e.kind = 'config' AND e.version = $1 AND ($2::text[] IS NULL OR e.name = ANY ($2::text[]))
         AND ($3::text IS NULL OR starts_with(e.name, $3)) AND ${visible('e.id', values)} ORDER BY e.name LIMIT $4`,
      values,
    );
  }

  /** Every key that the caller may see with its type. */
  keys(): Promise<{ name: string; type: ValueType }[]> {
    const values: unknown[] = [];
    return this.uow.query(
      `SELECT DISTINCT e.name, e.spec ->> 'type' AS type FROM entry e
       WHERE e.kind = 'config' AND ${visible('e.id', values)}`,
      values,
    );
  }

  siblings(name: string, scope: string): Promise<Sibling[]> {
    return this.uow.query<Sibling & object>(
      "SELECT id, uid, version, spec FROM entry WHERE kind = 'config' AND name = $1 AND version <> $2 ORDER BY version",
      [name, scope],
    );
  }

  /** What these keys name, and what those name, and so on, by key. */
  async referencesFrom(targets: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.uow.query<{ name: string; target: string }>(
      `WITH RECURSIVE reached (name) AS (
         SELECT unnest($1::text[]) UNION SELECT r.target FROM config_reference r JOIN reached t ON r.name = t.name
       ) SELECT DISTINCT r.name, r.target FROM config_reference r JOIN reached t ON t.name = r.name`,
      [targets],
    );
    const edges = new Map<string, string[]>();
    for (const { name, target } of rows) edges.set(name, [...(edges.get(name) ?? []), target]);
    return edges;
  }

  /** Those of these keys that have a value the caller may see. */
  async seenOf(names: readonly string[]): Promise<string[]> {
    const values: unknown[] = [names];
    const rows = await this.uow.query<{ name: string }>(
      `SELECT DISTINCT e.name FROM entry e
       WHERE e.kind = 'config' AND e.name = ANY ($1::text[]) AND ${visible('e.id', values)}`,
      values,
    );
    return rows.map(({ name }) => name);
  }

  /** How many other keys name this one. */
  async referrers(name: string): Promise<number> {
    const [{ n }] = await this.uow.query<{ n: number }>(
      'SELECT count(DISTINCT name)::integer AS n FROM config_reference WHERE target = $1 AND name <> $1',
      [name],
    );
    return n;
  }

  async saveReferences(entryId: string, name: string, targets: readonly string[]): Promise<void> {
    await this.uow.query('DELETE FROM config_reference WHERE entry_id = $1 AND target <> ALL ($2::text[])', [
      entryId,
      targets,
    ]);
    if (targets.length === 0) return;
    await this.uow.query(
      `INSERT INTO config_reference (entry_id, name, target) SELECT $1, $2, unnest($3::text[])
       ON CONFLICT (entry_id, target) DO NOTHING`,
      [entryId, name, targets],
    );
  }
}
