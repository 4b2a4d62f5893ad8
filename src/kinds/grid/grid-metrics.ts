import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../../platform/http/metrics.js';
import { STRATEGIES } from './balance/balance.dto.js';
import { Balancer } from './balance/balancer.js';
import { GridLiveness } from './liveness/liveness.js';
import { GridFeed } from './snapshot/grid-feed.js';
import { GridSnapshot } from './snapshot/grid-snapshot.js';

/** How the grid is doing; read when the metrics are asked for. */
@Injectable()
export class GridMetrics {
  constructor(
    private readonly metrics: Metrics,
    snapshot: GridSnapshot,
    feed: GridFeed,
    balancer: Balancer,
    { totals, buffered }: GridLiveness,
  ) {
    this.nodes(snapshot);
    this.decisions(balancer);
    this.total('heartbeats', 'Heartbeats taken.', () => totals.heartbeats);
    this.total('expiries', 'Nodes given up because they were silent.', () => totals.expired);
    this.total('refusals', 'Questions that found no node.', () => balancer.totals.refused);
    this.gauge('writes_waiting', 'Nodes of which something was taken and is not written yet.', buffered);
    this.gauge(
      'snapshot_age_seconds',
      'Since nodes were last asked for changes.',
      () => Math.min(feed.age(), 1e9) / 1000,
    );
    this.gauge('guard_active', '1 while most nodes are silent and none is given up for it.', () =>
      snapshot.guardActive ? 1 : 0,
    );
  }

  private nodes(snapshot: GridSnapshot): void {
    const gauge = new Gauge({
      name: 'registry_grid_nodes',
      help: 'Nodes of the grid: available, or by what keeps them from work.',
      labelNames: ['state'],
      registers: [],
      collect() {
        this.reset();
        for (const { obstacle } of snapshot.all(undefined)) this.inc({ state: obstacle ?? 'available' });
      },
    });
    this.metrics.registry.registerMetric(gauge);
  }

  private decisions(balancer: Balancer): void {
    const counter = new Counter({
      name: 'registry_grid_decisions_total',
      help: 'Nodes chosen for work.',
      labelNames: ['strategy'],
      registers: [],
      collect() {
        this.reset();
        for (const strategy of STRATEGIES) this.inc({ strategy }, balancer.totals[strategy]);
      },
    });
    this.metrics.registry.registerMetric(counter);
  }

  private gauge(name: string, help: string, value: () => number): void {
    const collect = function (this: Gauge): void {
      this.set(value());
    };
    this.metrics.registry.registerMetric(new Gauge({ name: `registry_grid_${name}`, help, registers: [], collect }));
  }

  private total(name: string, help: string, value: () => number): void {
    const collect = function (this: Counter): void {
      this.reset();
      this.inc(value());
    };
    const counter = new Counter({ name: `registry_grid_${name}_total`, help, registers: [], collect });
    this.metrics.registry.registerMetric(counter);
  }
}
