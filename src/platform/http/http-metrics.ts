import { Injectable } from '@nestjs/common';
import type { Metric } from 'prom-client';
import { Metrics } from './metrics.js';

const NAME = 'registry_http_request_duration_seconds';
const HELP = 'Time from the arrival of a request to the end of its answer.';
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** One line of the histogram; `counts` are per bucket, not yet summed up, the last for what is above all bounds. */
interface Series {
  labels: { method: string; route: string; status: string };
  counts: number[];
  sum: number;
}

interface Value {
  metricName: string;
  labels: Record<string, string | number>;
  value: number;
}

/**
 * Latency by route template, method and class of status. Counted here and handed to the register when it is scraped:
 * prom-client's own histogram hashes its labels at every observation, which is measurable on every request.
 */
@Injectable()
export class HttpMetrics {
  private readonly series = new Map<string, Series[]>();

  constructor(metrics: Metrics) {
    const metric = {
      name: NAME,
      help: HELP,
      type: 'histogram',
      aggregator: 'sum',
      get: () => this.snapshot(),
      reset: () => this.series.clear(),
    };
    metrics.registry.registerMetric(metric as unknown as Metric);
  }

  /** `route` is the template (`/api/v1/entities/:id`); requests that match none share one label. */
  observe(method: string, route: string | undefined, status: number, seconds: number): void {
    const found = this.seriesOf(method, route ?? 'unmatched', Math.floor(status / 100));
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > BUCKETS[bucket]) bucket++;
    found.counts[bucket]++;
    found.sum += seconds;
  }

  private seriesOf(method: string, route: string, statusClass: number): Series {
    const ofRoute = this.series.get(route) ?? [];
    if (ofRoute.length === 0) this.series.set(route, ofRoute);
    const status = `${statusClass}xx`;
    for (const one of ofRoute) if (one.labels.status === status && one.labels.method === method) return one;
    const made = { labels: { method, route, status }, counts: BUCKETS.map(() => 0).concat(0), sum: 0 };
    ofRoute.push(made);
    return made;
  }

  private async snapshot(): Promise<{ name: string; help: string; type: string; values: Value[]; aggregator: string }> {
    const values = [...this.series.values()].flat().flatMap(valuesOf);
    return { name: NAME, help: HELP, type: 'histogram', values, aggregator: 'sum' };
  }
}

function valuesOf({ labels, counts, sum }: Series): Value[] {
  let total = 0;
  const buckets = [...BUCKETS, '+Inf'].map((le, index) => {
    total += counts[index];
    return { metricName: `${NAME}_bucket`, labels: { le, ...labels }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${NAME}_sum`, labels, value: sum },
    { metricName: `${NAME}_count`, labels, value: total },
  ];
}
