import { Injectable } from '@nestjs/common';
import { isHolding } from '../../../entries/liveness/mass-loss-guard.js';
import { Balancer } from '../balance/balancer.js';
import { GridLivenessRepository } from '../liveness/liveness.repository.js';
import { GridFeed } from '../snapshot/grid-feed.js';
import { GridSnapshot } from '../snapshot/grid-snapshot.js';
import { isAvailable, livenessOf } from '../snapshot/known-node.js';
import type { KnownNode } from '../snapshot/known-node.js';
import type { GridGuard, GridStats, GridTopology, GridTopologyNode, GridTopologyQuery, GridTotals } from './grid-view.dto.js'; // prettier-ignore

/** What the grid looks like, from memory: of the nodes the caller may see. */
@Injectable()
export class GridView {
  constructor(
    private readonly snapshot: GridSnapshot,
    private readonly feed: GridFeed,
    private readonly balancer: Balancer,
    private readonly liveness: GridLivenessRepository,
  ) {}

  /** Until when silent nodes are kept, while they are. */
  get guardUntil(): Date | null {
    return this.snapshot.guardActive ? this.snapshot.guardUntil : null;
  }

  async topology({ region, zone, type }: GridTopologyQuery): Promise<GridTopology> {
    await this.feed.settled();
    const nodes = this.snapshot
      .all()
      .filter(
        ({ spec }) =>
          (region === undefined || spec.region === region) &&
          (zone === undefined || spec.zone === zone) &&
          (type === undefined || spec.type === type),
      );
    const regions = grouped(nodes, ({ spec }) => spec.region ?? null).map(([name, members]) => ({
      region: name,
      ...totalsOf(members),
      zones: grouped(members, ({ spec }) => spec.zone ?? null).map(([own, some]) => ({
        zone: own,
        ...totalsOf(some),
        members: some.map(shown),
      })),
    }));
    return { ...totalsOf(nodes), regions };
  }

  async stats(): Promise<GridStats> {
    await this.feed.settled();
    const { now, guard, resumedAt, late } = await this.liveness.state();
    const active = isHolding(guard, now);
    const nodes = this.snapshot.all();
    return {
      ...totalsOf(nodes),
      by_status: counted(nodes, ({ status }) => status),
      by_health: counted(nodes, ({ health }) => health),
      by_type: counted(nodes, ({ spec }) => spec.type ?? 'compute'),
      by_liveness: counted(nodes, (node) => livenessOf(node) ?? 'never'),
      balanced: { ...this.balancer.totals },
      guard: guardOf(active, guard, late),
      listening_since: resumedAt?.toISOString() ?? null,
      snapshot_age_ms: Math.round(Math.min(this.feed.age(), 1e9)),
    };
  }
}

const guardOf = (active: boolean, { since, until }: { since: Date | null; until: Date | null }, late: number): GridGuard => ({
  active,
  since: active ? since!.toISOString() : null,
  until: active ? until!.toISOString() : null,
  silent: active ? late : 0,
}); // prettier-ignore

function totalsOf(nodes: readonly KnownNode[]): GridTotals {
  let [available, connections, capacity] = [0, 0, 0];
  for (const node of nodes) {
    if (isAvailable(node)) available++;
    connections += node.load.connections;
    capacity += node.spec.capacity ?? 0;
  }
  return { nodes: nodes.length, available, connections, capacity };
}

function shown(node: KnownNode): GridTopologyNode {
  const { uid, key, name, spec, status, health, weight, load } = node;
  const { host, port, capacity = null } = spec;
  return {
    id: uid,
    key,
    name,
    type: spec.type ?? 'compute',
    host,
    port,
    status,
    health,
    liveness: livenessOf(node),
    available: isAvailable(node),
    weight,
    capacity,
    connections: load.connections,
  };
}

/** By name, those without one last. */
function grouped(
  nodes: readonly KnownNode[],
  nameOf: (node: KnownNode) => string | null,
): [name: string | null, members: KnownNode[]][] {
  const groups = new Map<string | null, KnownNode[]>();
  for (const node of nodes) {
    const name = nameOf(node);
    const members = groups.get(name);
    if (members) members.push(node);
    else groups.set(name, [node]);
  }
  return [...groups].toSorted(([a], [b]) => Number(a === null) - Number(b === null) || (a! < b! ? -1 : 1));
}

function counted(nodes: readonly KnownNode[], wordOf: (node: KnownNode) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const node of nodes) counts[wordOf(node)] = (counts[wordOf(node)] ?? 0) + 1;
  return counts;
}
