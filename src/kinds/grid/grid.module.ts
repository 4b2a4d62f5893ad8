import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { kindRegisterController } from '../../entries/kind/http/kind-register.controller.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { BalanceController } from './balance/balance.controller.js';
import { Balancer } from './balance/balancer.js';
import { Pools } from './balance/pools.js';
import { SharedTurns } from './balance/shared-turns.js';
import { DnsNodes } from './discovery/dns-nodes.js';
import { GridDiscoveryController } from './discovery/grid-discovery.controller.js';
import { GridDiscoveries } from './discovery/grid-discovery.js';
import { KubernetesNodes } from './discovery/kubernetes-nodes.js';
import { DrainRepository } from './drain/drain.repository.js';
import { Drains } from './drain/drains.js';
import { NodeRegisterController } from './drain/node-register.controller.js';
import { NodeRemoval } from './drain/node-removal.js';
import { GridMetrics } from './grid-metrics.js';
import { GridNodeHooks } from './grid-node.hooks.js';
import { gridNodeKind } from './grid-node.kind.js';
import { GridHealth } from './liveness/grid-health.js';
import { HeartbeatsController } from './liveness/heartbeats.controller.js';
import { Heartbeats } from './liveness/heartbeats.js';
import { GridLiveness } from './liveness/liveness.js';
import { GridLivenessRepository } from './liveness/liveness.repository.js';
import { GridFeed } from './snapshot/grid-feed.js';
import { GridSnapshot } from './snapshot/grid-snapshot.js';
import { GridSnapshotRepository } from './snapshot/grid-snapshot.repository.js';
import { NodeFinder } from './snapshot/node-finder.js';
import { GridViewController } from './topology/grid-view.controller.js';
import { GridView } from './topology/grid-view.js';

/** Nodes of the grid: who is there, who is well, and who gets the next piece of work. */
@Module({
  controllers: [
    BalanceController,
    GridViewController,
    GridDiscoveryController,
    HeartbeatsController,
    NodeRegisterController,
    ...kindControllers(gridNodeKind, [kindRegisterController]),
  ],
  providers: [
    Balancer,
    DnsNodes,
    DrainRepository,
    Drains,
    GridDiscoveries,
    GridFeed,
    GridHealth,
    GridLiveness,
    GridLivenessRepository,
    GridMetrics,
    GridNodeHooks,
    GridSnapshot,
    GridSnapshotRepository,
    GridView,
    Heartbeats,
    KubernetesNodes,
    NodeFinder,
    NodeRemoval,
    Pools,
    SharedTurns,
  ],
})
export class GridModule {
  constructor(catalog: KindCatalog) {
    catalog.add(gridNodeKind);
  }
}
