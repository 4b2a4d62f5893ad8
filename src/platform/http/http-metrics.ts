import { Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';
import { Metrics } from './metrics.js';

type Observe = (seconds: number) => void;

/** Latency by route template, method and class of status. */
@Injectable()
export class HttpMetrics {
  private readonly histogram: Histogram;
  /** Label sets are resolved once: finding a child by its labels costs more than observing. */
  private readonly children = new Map<string, Observe>();

  constructor(metrics: Metrics) {
    this.histogram = new Histogram({
      name: 'registry_http_request_duration_seconds',
      help: 'Time from the arrival of a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [metrics.registry],
    });
  }

  /** `route` is the template (`/api/v1/entities/:id`); requests that match none share one label. */
  observe(method: string, route: string | undefined, status: number, seconds: number): void {
    const statusClass = Math.floor(status / 100);
    const key = `${method} ${statusClass} ${route ?? ''}`;
    let child = this.children.get(key);
    if (!child) {
      const labels = { method, route: typeof route === 'string' ? route : 'unmatched', status: `${statusClass}xx` };
      const bound = this.histogram.labels(labels);
      child = (value) => bound.observe(value);
      this.children.set(key, child);
    }
    child(seconds);
  }
}
