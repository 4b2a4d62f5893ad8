import { Injectable } from '@nestjs/common';
import { ConflictError, InvalidError } from '../../../platform/errors/registry-error.js';
import { GridLiveness } from '../liveness/liveness.js';
import { GridFeed } from '../snapshot/grid-feed.js';
import { GridSnapshot } from '../snapshot/grid-snapshot.js';
import { isFull } from '../snapshot/known-node.js';
import type { KnownNode } from '../snapshot/known-node.js';
import { NodeFinder } from '../snapshot/node-finder.js';
import { STRATEGIES } from './balance.dto.js';
import type { GridBalance, GridDecision, GridReleased, GridTarget, Strategy } from './balance.dto.js';
import type { Pool, Tier } from './pool.js';
import { Pools } from './pools.js';
import { SharedTurns } from './shared-turns.js';
import { byTurn, chosen } from './strategies.js';
import type { Choice } from './strategies.js';

const GUARDED = 'Most nodes are silent at once; the last known ones are served.';

/** Chooses nodes for work, from memory. What this process has just changed is waited for; nothing else but a turn is. */
@Injectable()
export class Balancer {
  /** Since the start of this process. */
  readonly totals: Record<Strategy, number> & { refused: number; released: number } = {
    ...(Object.fromEntries(STRATEGIES.map((strategy) => [strategy, 0])) as Record<Strategy, number>),
    refused: 0,
    released: 0,
  };

  constructor(
    private readonly pools: Pools,
    private readonly turns: SharedTurns,
    private readonly snapshot: GridSnapshot,
    private readonly feed: GridFeed,
    private readonly liveness: GridLiveness,
    private readonly finder: NodeFinder,
  ) {}

  /**
   * @throws ConflictError `grid.no_node` when none that matches can take work
   * @throws InvalidError
   */
  balance(question: GridBalance): Promise<GridDecision> | GridDecision {
    assertComplete(question);
    const waits = this.feed.settled();
    return waits ? waits.then(() => this.answer(question)) : this.answer(question);
  }

  /** Connections that a node was given are over. */
  async release(idOrKey: string, connections: number): Promise<GridReleased> {
    const node = await this.finder.find(idOrKey);
    const over = Math.min(connections, node.load.connections);
    if (over > 0) this.liveness.give(node, -over);
    this.totals.released += over;
    return { id: node.uid, key: node.key, status: node.status, connections: node.load.connections };
  }

  private answer(question: GridBalance): Promise<GridDecision> | GridDecision {
    const pool = this.pools.of(question);
    const tier = pool.tiers.find(({ open }) => open);
    if (!tier) {
      this.totals.refused++;
      throw noNode(pool);
    }
    const strategy = question.strategy ?? 'round_robin';
    if (strategy !== 'round_robin') return this.given(strategy, pool, tier, chosen(strategy, tier, question.key ?? ''));
    const turn = this.turns.take(tier.id);
    if (!(turn instanceof Promise)) return this.given(strategy, pool, tier, byTurn(tier, turn));
    return turn.then((shared) => {
      // What was drained or filled while the turn came gets nothing.
      if (!tier.open) return this.answer(question);
      const choice = byTurn(tier, shared);
      const node = this.snapshot.get(choice.node.id);
      return !node || node.obstacle ? this.answer(question) : this.given(strategy, pool, tier, { ...choice, node });
    });
  }

  private given(strategy: Strategy, pool: Pool, tier: Tier, choice: Choice): GridDecision {
    const { node, turn, insteadOf } = choice;
    this.totals[strategy]++;
    this.liveness.give(node, 1);
    const { guardUntil, guardActive } = this.snapshot;
    return {
      node: targetOf(node),
      strategy,
      reason: choice.reason,
      why: {
        matching: pool.matching,
        candidates: tier.nodes.length,
        excluded: pool.excluded,
        same_zone: tier.sameZone,
        degraded: tier.degraded,
        turn: turn?.turn ?? null,
        shared: turn?.shared ?? null,
        instead_of: insteadOf?.key ?? null,
      },
      guard: guardActive ? { until: guardUntil!.toISOString(), message: GUARDED } : null,
    };
  }
}

function targetOf({ uid, key, name, spec, weight, status, health, load }: KnownNode): GridTarget {
  const { type, host, port, region = null, zone = null, capacity = null, labels } = spec;
  return {
    id: uid,
    key,
    name,
    type: type ?? 'compute',
    host,
    port,
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    region,
    zone,
    weight,
    capacity,
    labels: labels ?? {},
    status,
    health,
    connections: load.connections,
  };
}

function assertComplete({ strategy, key, zone, prefer_same_zone: prefers, affinity }: GridBalance): void {
  if (strategy === 'consistent_hash' && key == null) throw InvalidError.field('key', 'is needed by consistent_hash');
  if (prefers && !zone) throw InvalidError.field('prefer_same_zone', 'needs a zone to prefer');
  for (const [n, { operator, values }] of (affinity ?? []).entries()) {
    const count = values?.length ?? 0;
    const wrong =
      operator === 'exists' ? count > 0 && 'must be left out with exists'
        : operator === 'in' ? count === 0 && 'must hold at least one value'
          : count !== 1 && `must hold one value with ${operator}`; // prettier-ignore
    if (wrong) throw InvalidError.field(`affinity.${n}.values`, wrong);
  }
}

function noNode({ matching, excluded, tiers }: Pool): ConflictError {
  const full = tiers.reduce((sum, { nodes }) => sum + nodes.filter(isFull).length, 0);
  const by = { ...excluded, ...(full > 0 && { full }) };
  const told = Object.entries(by).map(([what, count]) => `${count} ${what}`);
  const detail =
    matching === 0 ? 'No node matches.' : `None of ${matching} matching nodes can take work: ${told.join(', ')}.`;
  return new ConflictError('grid.no_node', detail, { matching, excluded: by });
}
