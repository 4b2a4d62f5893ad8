import { Injectable } from '@nestjs/common';

/** Whether this process is on its way out. Readiness turns first; whoever holds connections open lets them go. */
@Injectable()
export class ShutdownState {
  private readonly callbacks: (() => void | Promise<void>)[] = [];
  private stopping = false;

  get draining(): boolean {
    return this.stopping;
  }

  /** Runs when the drain begins: WebSockets and event streams close here. Its promise is awaited, within the time limit. */
  onDrain(callback: () => void | Promise<void>): void {
    this.callbacks.push(callback);
  }

  /** Turns readiness. Once. */
  begin(): void {
    this.stopping = true;
  }

  /** Lets go of what is held open. A callback that fails does not keep the others from running; the first error is thrown. */
  async release(): Promise<void> {
    const results = await Promise.allSettled(this.callbacks.map(async (callback) => callback()));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
