import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { UnavailableError } from '../../../platform/errors/registry-error.js';
import { ShutdownState } from '../../../platform/http/shutdown-state.js';
import { ServiceSnapshot } from '../discovery/service-snapshot.js';

/** Requests that wait in this process at once. */
export const MOST_WATCHERS = 10_000;
/** Woken in one turn of the event loop; between two of them others are served. */
const WOKEN_AT_ONCE = 200;

/** Requests of Consul's clients that wait for a change of the services of a name, or of any. */
@Injectable()
export class ConsulWatches implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly byName = new Map<string | undefined, Set<() => void>>();
  private waiting = 0;
  private closing = false;

  constructor(
    private readonly snapshot: ServiceSnapshot,
    private readonly shutdown: ShutdownState,
  ) {}

  onModuleInit(): void {
    this.snapshot.onChange((id) => this.changed(id));
  }

  onApplicationBootstrap(): void {
    this.shutdown.onDrain(() => this.close());
  }

  beforeApplicationShutdown(): void {
    this.close();
  }

  /** True when nobody should wait any more. */
  get over(): boolean {
    return this.closing;
  }

  /**
   * Resolves at the next change of services of this name (none: of any), after `ms` milliseconds, or when `signal` ends it.
   * @throws UnavailableError `discovery.too_many_watchers`
   */
  async next(name: string | undefined, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.closing || ms <= 0) return;
    if (this.waiting >= MOST_WATCHERS)
      throw new UnavailableError('discovery.too_many_watchers', `${MOST_WATCHERS} requests wait for changes already.`);
    const waiters = this.byName.get(name) ?? new Set();
    this.byName.set(name, waiters);
    this.waiting++;
    let end!: () => void;
    const over = new Promise<void>((resolve) => (end = resolve));
    const timer = setTimeout(end, ms);
    waiters.add(end);
    signal.addEventListener('abort', end, { once: true });
    await over;
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    this.waiting--;
    waiters.delete(end);
    if (waiters.size === 0 && this.byName.get(name) === waiters) this.byName.delete(name);
  }

  private changed(serviceId: string): void {
    const name = this.snapshot.get(serviceId)?.name;
    // Of a service that is gone the name is not known any more.
    const names = name === undefined ? [...this.byName.keys()] : [name, undefined];
    this.wake(names.flatMap((one) => [...(this.byName.get(one) ?? [])]));
  }

  private close(): void {
    this.closing = true;
    this.wake([...this.byName.values()].flatMap((waiters) => [...waiters]));
  }

  private wake(waiters: readonly (() => void)[]): void {
    const some = (from: number): void => {
      for (const end of waiters.slice(from, from + WOKEN_AT_ONCE)) end();
      if (from + WOKEN_AT_ONCE < waiters.length) setImmediate(() => some(from + WOKEN_AT_ONCE));
    };
    some(0);
  }
}
