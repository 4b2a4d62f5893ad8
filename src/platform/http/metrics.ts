import { Injectable } from '@nestjs/common';
import { Registry, collectDefaultMetrics } from 'prom-client';

/** The metrics of one application. Whoever measures something registers its metric here. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  /** Adds memory, event loop, garbage collection; they describe the process, so only an application that owns it does. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }
}
