import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { keyOf } from '../../../entries/entry-key.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { kindResponse } from '../../../entries/kind/kind-view.js';
import { currentViewer } from '../../../entries/visibility.js';
import type { Viewer } from '../../../entries/visibility.js';
import { configKind } from '../config.kind.js';
import type { ConfigSpec } from '../config.kind.js';
import { placeOf } from '../scope.js';
import type { ScopePlace } from '../scope.js';
import { hasPlaces } from '../values/references.js';
import type { ChangedRow } from './config-snapshot.repository.js';

/** A value in memory. An encrypted one is known as it is stored: sealed. */
export interface KnownValue {
  idx: number;
  /** Number of the change that made it; null of what is older than such numbers. */
  madeIdx: number | null;
  id: string;
  uid: string;
  name: string;
  /** The version of its entry. */
  scopeText: string;
  place: ScopePlace;
  /** Its key on the wire. */
  key: string;
  spec: ConfigSpec;
  revision: number;
  version: number | null;
  readers: string[] | null;
  sealed: string | null;
  /** Whether its texts name other keys; unknown of encrypted ones until they are opened. */
  referring: boolean;
  row: EntryRow;
  /** Its answer written out, made when it is first asked for; open-ended, without the last brace. */
  json?: string;
}

/** What happened to a value, for those who watch. */
export interface KnownChange {
  idx: number;
  uid: string;
  name: string;
  scopeText: string;
  at: Date;
  readers: string[] | null;
  /** Undefined when it is gone. */
  value?: KnownValue;
}

/** Changes remembered for those who watch; who comes with an older number is told everything. */
const MOST_CHANGES = 20_000;

/** Every published value, in memory. */
@Injectable()
export class ConfigSnapshot {
  private readonly byUid = new Map<string, KnownValue>();
  private readonly byName = new Map<string, Map<string, KnownValue>>();
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private changes: KnownChange[] = [];
  private sorted?: readonly string[];
  /** Number of the newest change known. */
  head = 0;
  /** Changes up to this number are not remembered one by one. */
  floor = 0;

  get size(): number {
    return this.byUid.size;
  }

  onChange(listener: (changes: readonly KnownChange[]) => void): () => void {
    this.emitter.on('change', listener);
    return () => this.emitter.off('change', listener);
  }

  /** Takes over what was loaded; `whole` when everything was, so that what is not named is gone. */
  apply(rows: readonly ChangedRow[], head: number, whole: boolean): void {
    const told = rows.map((row) => this.put(row));
    if (whole) this.keepOnly(rows);
    this.head = whole ? head : Math.max(head, this.head);
    if (whole) {
      this.changes = [];
      this.floor = this.head;
    } else this.remember(told);
    if (told.length > 0 || whole) this.emitter.emit('change', told);
  }

  /** By public id; undefined for what the viewer may not see. */
  findByUid(uid: string, viewer: Viewer = currentViewer()): KnownValue | undefined {
    const value = this.byUid.get(uid.toLowerCase());
    return value && isSeen(value, viewer) ? value : undefined;
  }

  find(name: string, scopeText: string, viewer: Viewer = currentViewer()): KnownValue | undefined {
    const value = this.byName.get(name)?.get(scopeText);
    return value && isSeen(value, viewer) ? value : undefined;
  }

  /** Whether a key has any value that the viewer may see. */
  has(name: string, viewer: Viewer = currentViewer()): boolean {
    return [...(this.byName.get(name)?.values() ?? [])].some((value) => isSeen(value, viewer));
  }

  /** Keys that begin with a text, in their order. */
  names(prefix = ''): readonly string[] {
    this.sorted ??= [...this.byName.keys()].toSorted();
    return prefix === '' ? this.sorted : this.sorted.filter((name) => name.startsWith(prefix));
  }

  /** All values that the viewer may see, in the order of their keys. */
  *all(prefix = '', viewer: Viewer = currentViewer()): Generator<KnownValue> {
    for (const name of this.names(prefix))
      for (const value of this.byName.get(name)!.values()) if (isSeen(value, viewer)) yield value;
  }

  /** What happened after a number, each value once, as it is now. Only for numbers from `floor` on. */
  after(idx: number): KnownChange[] {
    const latest = new Map<string, KnownChange>();
    for (let i = this.changes.length - 1; i >= 0 && this.changes[i].idx > idx; i--)
      if (!latest.has(this.changes[i].uid)) latest.set(this.changes[i].uid, this.changes[i]);
    return [...latest.values()].toReversed();
  }

  /** Number of the newest change that is one of these; of changes that are not remembered the newest of all. */
  latest(concerns: (change: KnownChange) => boolean): number {
    for (let i = this.changes.length - 1; i >= 0; i--) if (concerns(this.changes[i])) return this.changes[i].idx;
    return this.floor;
  }

  private put({ idx, uid, name, scope, at, row }: ChangedRow): KnownChange {
    const former = this.byUid.get(uid);
    if (former) this.drop(former);
    if (!row) return { idx, uid, name, scopeText: scope, at, readers: former?.readers ?? null };
    const value = knownOf(idx, row);
    this.byUid.set(uid, value);
    const scopes = this.byName.get(name) ?? new Map<string, KnownValue>();
    if (scopes.size === 0) this.sorted = undefined;
    this.byName.set(name, scopes.set(scope, value));
    return { idx, uid, name, scopeText: scope, at, readers: value.readers, value };
  }

  private drop(value: KnownValue): void {
    this.byUid.delete(value.uid);
    const scopes = this.byName.get(value.name);
    // Another entry may have taken its place.
    if (scopes?.get(value.scopeText) === value) scopes.delete(value.scopeText);
    if (scopes?.size !== 0) return;
    this.byName.delete(value.name);
    this.sorted = undefined;
  }

  private keepOnly(rows: readonly ChangedRow[]): void {
    const named = new Set(rows.filter(({ row }) => row).map(({ uid }) => uid));
    for (const [uid, value] of this.byUid) if (!named.has(uid)) this.drop(value);
  }

  private remember(told: readonly KnownChange[]): void {
    this.changes.push(...told);
    if (this.changes.length <= MOST_CHANGES) return;
    const kept = this.changes.slice(-MOST_CHANGES / 2);
    this.floor = kept[0].idx;
    this.changes = kept;
  }
}

export const isSeen = ({ readers }: Pick<KnownValue, 'readers'>, viewer: Viewer): boolean =>
  viewer === undefined || readers === null || readers.some((reader) => viewer.includes(reader));

/** The answer about a value, without its last brace. */
export const jsonOf = (value: KnownValue): string =>
  (value.json ??= JSON.stringify(kindResponse(configKind, value.row, { current_version: value.version })).slice(0, -1));

function knownOf(
  idx: number,
  { readers, sealed, current_version: version, made_idx: made, ...row }: NonNullable<ChangedRow['row']>,
): KnownValue {
  const spec = row.spec as unknown as ConfigSpec;
  return {
    idx,
    madeIdx: made == null ? null : Number(made),
    id: row.id,
    uid: row.uid,
    name: row.name,
    scopeText: row.version,
    place: placeOf(row.version) ?? { scope: 'global', scope_id: null },
    key: keyOf(row.kind, row.name, row.version),
    spec,
    revision: row.revision,
    version,
    readers,
    sealed,
    referring: spec.encrypted === true || hasPlaces(spec.value),
    row,
  };
}
