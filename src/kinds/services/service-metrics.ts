import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../../platform/http/metrics.js';
import { InstanceWatches } from './discovery/instance-watches.js';
import { ServiceSnapshot } from './discovery/service-snapshot.js';
import { SnapshotFeed } from './discovery/snapshot-feed.js';
import { Liveness } from './liveness/liveness.js';

/** How discovery is doing; read when the metrics are asked for. */
@Injectable()
export class ServiceMetrics {
  constructor(
    private readonly metrics: Metrics,
    snapshot: ServiceSnapshot,
    feed: SnapshotFeed,
    watches: InstanceWatches,
    { totals, buffered }: Liveness,
  ) {
    this.instances(snapshot);
    this.total('heartbeats', 'Heartbeats taken.', () => totals.heartbeats);
    this.total('expiries', 'Instances given up because they were silent.', () => totals.expired);
    this.total('removals', 'Instances removed because they were silent for long.', () => totals.removed);
    this.gauge('watchers', 'Requests that wait for a change of instances.', () => watches.size);
    this.gauge('heartbeats_waiting', 'Heartbeats taken and not written yet.', buffered);
    this.gauge(
      'snapshot_age_seconds',
      'Since discovery last asked for changes.',
      () => Math.min(feed.age(), 1e9) / 1000,
    );
    this.gauge('guard_active', '1 while most instances are silent and none is given up for it.', () =>
      snapshot.guardUntil && snapshot.guardUntil.getTime() > Date.now() ? 1 : 0,
    );
  }

  private instances(snapshot: ServiceSnapshot): void {
    this.metrics.registry.registerMetric(
      new Gauge({
        name: 'registry_service_instances',
        help: 'Instances of services by state.',
        labelNames: ['state'],
        registers: [],
        collect() {
          for (const [state, count] of Object.entries(snapshot.counts())) this.set({ state }, count);
        },
      }),
    );
  }

  private gauge(name: string, help: string, value: () => number): void {
    const collect = function (this: Gauge): void {
      this.set(value());
    };
    this.metrics.registry.registerMetric(new Gauge({ name: `registry_service_${name}`, help, registers: [], collect }));
  }

  private total(name: string, help: string, value: () => number): void {
    const collect = function (this: Counter): void {
      this.reset();
      this.inc(value());
    };
    const counter = new Counter({ name: `registry_service_${name}_total`, help, registers: [], collect });
    this.metrics.registry.registerMetric(counter);
  }
}
