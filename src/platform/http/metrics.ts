import { Injectable } from '@nestjs/common';
import { Registry, collectDefaultMetrics } from 'prom-client';

/** Gauges that are named as counters are, which promtool refuses; each is the sum of another gauge that stays. */
const SUMS = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** The metrics of one application. Whoever measures something registers its metric here. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  /** Adds memory, event loop, garbage collection; they describe the process, so only an application that owns it does. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
    for (const name of SUMS) this.registry.removeSingleMetric(name);
  }
}
