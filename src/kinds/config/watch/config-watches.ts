import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { keyOf } from '../../../entries/entry-key.js';
import type { Viewer } from '../../../entries/visibility.js';
import { UnavailableError } from '../../../platform/errors/registry-error.js';
import { ShutdownState } from '../../../platform/http/shutdown-state.js';
import { configKind } from '../config.kind.js';
import { placeOf } from '../scope.js';
import { ConfigSnapshot, isSeen } from '../snapshot/config-snapshot.js';
import type { KnownChange, KnownValue } from '../snapshot/config-snapshot.js';
import type { ConfigChange, ConfigChanges } from './config-watch.dto.js';

/** Requests that wait or listen in this process at once. */
export const MOST_WATCHERS = 10_000;
/** Woken in one turn of the event loop; between two of them others are served. */
const WOKEN_AT_ONCE = 200;

interface Waiter {
  viewer: Viewer;
  wake: () => void;
}

/** Who waits for changes of keys that begin with a text. What changed is looked at once for all who wait for the same. */
@Injectable()
export class ConfigWatches implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly byPrefix = new Map<string, Set<Waiter>>();
  private count = 0;
  private closing = false;

  constructor(
    private readonly snapshot: ConfigSnapshot,
    private readonly shutdown: ShutdownState,
  ) {}

  onModuleInit(): void {
    this.snapshot.onChange((changes) => this.changed(changes));
  }

  onApplicationBootstrap(): void {
    this.shutdown.onDrain(() => this.close());
  }

  beforeApplicationShutdown(): void {
    this.close();
  }

  get draining(): boolean {
    return this.closing;
  }

  /** Requests that wait or listen now. */
  get size(): number {
    return this.count;
  }

  /**
   * Calls back at every change that the viewer may see, and when the process goes; the answer ends it.
   * @throws UnavailableError `config.too_many_watchers`
   */
  add(prefix: string, viewer: Viewer, wake: () => void): () => void {
    if (this.count >= MOST_WATCHERS)
      throw new UnavailableError('config.too_many_watchers', `${MOST_WATCHERS} requests wait for changes already.`);
    const waiters = this.byPrefix.get(prefix) ?? new Set<Waiter>();
    const waiter = { viewer, wake };
    this.byPrefix.set(prefix, waiters.add(waiter));
    this.count++;
    return () => {
      if (!waiters.delete(waiter)) return;
      this.count--;
      if (waiters.size === 0 && this.byPrefix.get(prefix) === waiters) this.byPrefix.delete(prefix);
    };
  }

  /** What there is to tell after an index; everything when it is too old, unknown here, or none. */
  since(index: number | undefined, prefix: string, viewer: Viewer): ConfigChanges {
    const { head, floor } = this.snapshot;
    if (index === undefined || index < floor || index > head)
      return { index: head, reset: true, changes: [...this.snapshot.all(prefix, viewer)].map(present) };
    const told = this.snapshot.after(index).filter((change) => concerns(change, prefix, viewer));
    return { index: head, reset: false, changes: told.map(changeOf) };
  }

  private close(): void {
    this.closing = true;
    this.wakeAll([...this.byPrefix.values()].flatMap((waiters) => [...waiters]));
  }

  private changed(changes: readonly KnownChange[]): void {
    for (const [prefix, waiters] of this.byPrefix) {
      const near = changes.filter(({ name }) => name.startsWith(prefix));
      if (near.length > 0)
        this.wakeAll([...waiters].filter(({ viewer }) => near.some((change) => isSeen(change, viewer))));
    }
  }

  private wakeAll(waiters: readonly Waiter[]): void {
    const some = (from: number): void => {
      for (const { wake } of waiters.slice(from, from + WOKEN_AT_ONCE)) wake();
      if (from + WOKEN_AT_ONCE < waiters.length) setImmediate(() => some(from + WOKEN_AT_ONCE));
    };
    some(0);
  }
}

const concerns = (change: KnownChange, prefix: string, viewer: Viewer): boolean =>
  change.name.startsWith(prefix) && isSeen(change, viewer);

const present = (value: KnownValue): ConfigChange =>
  changeOf({ ...value, at: value.row.updated_at, value, readers: value.readers });

function changeOf({ idx, name, scopeText, at, value }: KnownChange): ConfigChange {
  return {
    index: idx,
    operation: value ? 'set' : 'delete',
    key: keyOf(configKind.name, name, scopeText),
    name,
    ...(placeOf(scopeText) ?? { scope: 'global', scope_id: null }),
    revision: value?.revision ?? null,
    version: value?.version ?? null,
    type: value?.spec.type ?? null,
    value: value?.spec.value ?? null,
    at: at.toISOString(),
  };
}
