import { Injectable } from '@nestjs/common';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { EntryMetrics } from '../../../entries/kind/metrics/entry-metrics.service.js';
import { Breakers } from '../breaker/breakers.js';
import { meshRouteKind } from '../mesh-route.kind.js';
import { MeshFeed } from '../snapshot/mesh-feed.js';
import { MeshSnapshot } from '../snapshot/mesh-snapshot.js';
import { percentileOf } from './latency-steps.js';
import type { MeshRouteMetrics, MeshRouteMetricsQuery, MeshStats, MeshTraffic } from './mesh-stats.dto.js';
import { RouteCounts } from './route-counts.js';
import { RouteStatRepository } from './route-stat.repository.js';
import type { StatTotals } from './route-stat.repository.js';

const MOST_ROUTES = 100;
const since = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

/** What went through the mesh. */
@Injectable()
export class MeshStatistics {
  constructor(
    private readonly kindEntries: KindEntriesService,
    private readonly repository: RouteStatRepository,
    private readonly counts: RouteCounts,
    private readonly metrics: EntryMetrics,
    private readonly snapshot: MeshSnapshot,
    private readonly feed: MeshFeed,
    private readonly breakers: Breakers,
  ) {}

  async ofRoute(idOrKey: string, query: MeshRouteMetricsQuery): Promise<MeshRouteMetrics> {
    const { name, from, to, limit, minutes } = query;
    const { id, uid } = await this.kindEntries.resolve(meshRouteKind, idOrKey);
    // What this process has counted is told at once.
    await Promise.all([this.counts.flush(), this.feed.settled()]);
    const range = { from: from ? new Date(from) : undefined, to: to ? new Date(to) : undefined, limit };
    const samples =
      name === undefined ? await this.metrics.latest(id, limit) : await this.metrics.samples(id, name, range);
    const stats = await this.repository.totals(since(minutes), id);
    const route = this.snapshot.get(id);
    return {
      route_id: uid,
      route: route?.row.key ?? idOrKey,
      minutes,
      state: route ? this.breakers.standing(route).state : 'closed',
      ...trafficOf(stats),
      destinations: stats.map((one) => ({ destination: one.destination, ...trafficOf([one]) })),
      samples: samples.map((row) => ({ ...row, tags: row.tags ?? {}, at: row.at.toISOString() })),
    };
  }

  async all(minutes: number): Promise<MeshStats> {
    await Promise.all([this.counts.flush(), this.feed.settled()]);
    const stats = await this.repository.totals(since(minutes));
    const byRoute = new Map<string, StatTotals[]>();
    for (const one of stats) byRoute.set(one.route_uid, [...(byRoute.get(one.route_uid) ?? []), one]);
    const visible = this.snapshot.visible();
    const keys = new Map(visible.map(({ row }) => [row.uid, row.key]));
    const busy = [...byRoute].map(([route_id, own]) => ({
      route_id,
      route: keys.get(route_id) ?? route_id,
      ...trafficOf(own),
    }));
    return {
      minutes,
      routes: visible.length,
      active_routes: visible.filter(({ row }) => row.status === 'active').length,
      open_breakers: visible.filter((route) => this.breakers.standing(route).state !== 'closed').length,
      version: this.snapshot.version,
      ...trafficOf(stats),
      by_route: busy.toSorted((a, b) => b.requests - a.requests).slice(0, MOST_ROUTES),
    };
  }
}

function trafficOf(stats: readonly StatTotals[]): MeshTraffic {
  const sum = (read: (one: StatTotals) => number): number => stats.reduce((total, one) => total + read(one), 0);
  const [requests, failures] = [sum((one) => one.requests), sum((one) => one.failures)];
  const steps: number[] = [];
  for (const one of stats) for (const [step, count] of one.steps.entries()) steps[step] = (steps[step] ?? 0) + count;
  const timed = steps.reduce((total, count) => total + count, 0);
  return {
    requests,
    successes: requests - failures,
    failures,
    retries: sum((one) => one.retries),
    error_rate: requests === 0 ? 0 : Math.round((failures / requests) * 1e6) / 1e6,
    average_ms: timed === 0 ? null : Math.round((sum((one) => one.milliseconds) / timed) * 100) / 100,
    p50_ms: percentileOf(steps, 0.5),
    p95_ms: percentileOf(steps, 0.95),
    p99_ms: percentileOf(steps, 0.99),
  };
}
