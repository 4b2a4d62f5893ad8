import { Stopped } from './stopped.js';

/**
 * One piece of work for all who want its result at the same time. It is told to stop when everybody has gone; a caller
 * without a signal never goes.
 */
export class SharedWork<T> {
  private running?: { promise: Promise<T>; stop: AbortController; waiting: number };

  constructor(private readonly work: (signal: AbortSignal) => Promise<T>) {}

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** @throws Stopped (`cancelled`) as soon as the signal is given */
  ask(signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(new Stopped('cancelled'));
    const running = (this.running ??= this.start());
    running.waiting++;
    if (!signal) return running.promise;
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        if (--running.waiting === 0) {
          running.stop.abort();
          // Who comes now begins anew, whatever this one still does.
          if (this.running === running) this.running = undefined;
        }
        reject(new Stopped('cancelled'));
      };
      signal.addEventListener('abort', leave, { once: true });
      running.promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  private start(): NonNullable<SharedWork<T>['running']> {
    const stop = new AbortController();
    const running = { stop, waiting: 0, promise: this.work(stop.signal) };
    const over = (): void => {
      if (this.running === running) this.running = undefined;
    };
    running.promise.then(over, over);
    return running;
  }
}
