import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { UnavailableError } from '../../../platform/errors/registry-error.js';
import { ShutdownState } from '../../../platform/http/shutdown-state.js';
import { ServiceSnapshot } from './service-snapshot.js';

/** Requests that wait in this process at once. */
export const MOST_WATCHERS = 10_000;
/** Woken in one turn of the event loop; between two of them others are served. */
const WOKEN_AT_ONCE = 200;

interface Watch {
  /** What is answered now. */
  answer: () => string;
  last: string;
  waiters: Set<() => void>;
}

/**
 * Requests that wait for a change. Who asks the same of the same service waits together: a change is looked at once for all
 * of them, and wakes nobody whose answer stays as it was.
 */
@Injectable()
export class InstanceWatches implements OnModuleInit, OnApplicationBootstrap {
  private readonly byService = new Map<string, Map<string, Watch>>();
  private waiting = 0;

  constructor(
    private readonly snapshot: ServiceSnapshot,
    private readonly shutdown: ShutdownState,
  ) {}

  onModuleInit(): void {
    this.snapshot.onChange((id) => this.changed(id));
  }

  onApplicationBootstrap(): void {
    this.shutdown.onDrain(() => {
      for (const watches of this.byService.values()) for (const watch of watches.values()) this.wake(watch);
    });
  }

  get size(): number {
    return this.waiting;
  }

  /**
   * Resolves when the answer is another one, after `ms` milliseconds, or when `signal` ends it. `question` is what is asked,
   * as text; `answer` gives the answer as it is now.
   * @throws UnavailableError `discovery.too_many_watchers`
   */
  async wait(
    serviceId: string,
    question: string,
    answer: () => string,
    ms: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted || this.shutdown.draining) return;
    if (this.waiting >= MOST_WATCHERS)
      throw new UnavailableError('discovery.too_many_watchers', `${MOST_WATCHERS} requests wait for changes already.`);
    const watches = this.byService.get(serviceId) ?? new Map<string, Watch>();
    this.byService.set(serviceId, watches);
    const watch = watches.get(question) ?? { answer, last: answer(), waiters: new Set() };
    watches.set(question, watch);
    this.waiting++;
    let end: () => void;
    const over = new Promise<void>((resolve) => (end = resolve));
    const timer = setTimeout(end!, ms);
    watch.waiters.add(end!);
    signal.addEventListener('abort', end!, { once: true });
    await over;
    clearTimeout(timer);
    signal.removeEventListener('abort', end!);
    this.waiting--;
    this.leave(serviceId, question, watch, end!);
  }

  private leave(serviceId: string, question: string, watch: Watch, waiter: () => void): void {
    watch.waiters.delete(waiter);
    const watches = this.byService.get(serviceId);
    if (watch.waiters.size > 0 || watches?.get(question) !== watch) return;
    watches.delete(question);
    if (watches.size === 0) this.byService.delete(serviceId);
  }

  private changed(serviceId: string): void {
    const watches = this.byService.get(serviceId);
    if (!watches) return;
    for (const [question, watch] of watches) {
      if (watch.answer() === watch.last && this.snapshot.get(serviceId)) continue;
      // Who comes from now on compares with what is now.
      watches.delete(question);
      this.wake(watch);
    }
    if (watches.size === 0) this.byService.delete(serviceId);
  }

  private wake({ waiters }: Watch): void {
    const all = [...waiters];
    const some = (from: number): void => {
      for (const end of all.slice(from, from + WOKEN_AT_ONCE)) end();
      if (from + WOKEN_AT_ONCE < all.length) setImmediate(() => some(from + WOKEN_AT_ONCE));
    };
    some(0);
  }
}
