import type { BreakerSettings } from '../table/compiled-route.js';
import type { Outcomes } from './breaker.repository.js';

/**
 * Outcomes that are to be counted: written at once when one is a failure, else with the next that is asked for, so that a
 * route that works costs the database one statement now and then. One write at a time; what comes meanwhile goes with the next.
 */
export class OutcomeBuffer {
  private waiting = new Map<string, Outcomes>();
  private failed = false;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly write: (outcomes: readonly Outcomes[]) => Promise<void>,
    private readonly tell: (error: unknown) => void,
  ) {}

  note(routeId: string, success: boolean, settings: BreakerSettings): void {
    this.add({ routeId, requests: 1, failures: success ? 0 : 1, settings });
    if (success) return;
    this.failed = true;
    void this.flush();
  }

  /** Resolves when what was noted before is written, or could not be. Never rejects. */
  async flush(): Promise<void> {
    // What is being written may have begun without the newest.
    await this.writing;
    if (this.waiting.size > 0) await (this.writing ??= this.run());
  }

  private async run(): Promise<void> {
    const taken = [...this.waiting.values()];
    this.waiting = new Map();
    this.failed = false;
    try {
      await this.write(taken);
    } catch (error) {
      for (const one of taken) this.add(one);
      this.tell(error);
      return;
    } finally {
      this.writing = undefined;
    }
    if (this.failed) await (this.writing ??= this.run());
  }

  private add({ routeId, requests, failures, settings }: Outcomes): void {
    const there = this.waiting.get(routeId);
    if (there) {
      there.requests += requests;
      there.failures += failures;
      there.settings = settings;
    } else this.waiting.set(routeId, { routeId, requests, failures, settings });
  }
}
