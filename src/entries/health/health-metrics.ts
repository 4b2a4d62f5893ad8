import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Metrics } from '../../platform/http/metrics.js';
import type { Finding } from './prober.js';

/** How the probes are doing. */
@Injectable()
export class HealthMetrics {
  private readonly probes: Counter;
  private readonly seconds: Histogram;
  private readonly lag: Gauge;
  private readonly expiries: Counter;

  constructor({ registry }: Metrics) {
    this.probes = new Counter({
      name: 'health_probes_total',
      help: 'Probes of entries, by their type and what came of them.',
      labelNames: ['type', 'result'],
      registers: [registry],
    });
    this.seconds = new Histogram({
      name: 'health_probe_duration_seconds',
      help: 'How long probes took.',
      labelNames: ['type'],
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 30],
      registers: [registry],
    });
    this.lag = new Gauge({
      name: 'health_probe_lag_seconds',
      help: 'By how much the latest of the probes that were last begun was late.',
      registers: [registry],
    });
    this.expiries = new Counter({
      name: 'health_reports_expired_total',
      help: 'Reports that were not renewed in time.',
      registers: [registry],
    });
  }

  probed(type: string, { ok, latency_ms }: Finding): void {
    this.probes.inc({ type, result: ok ? 'success' : 'failure' });
    this.seconds.observe({ type }, latency_ms / 1000);
  }

  late(seconds: number): void {
    this.lag.set(seconds);
  }

  expired(count: number): void {
    this.expiries.inc(count);
  }
}
