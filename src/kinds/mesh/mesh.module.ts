import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { kindMetricsController } from '../../entries/kind/http/kind-metrics.controller.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { BreakerChanges } from './breaker/breaker-changes.js';
import { BreakerController } from './breaker/breaker.controller.js';
import { BreakerEvents } from './breaker/breaker-events.js';
import { BreakerRepository } from './breaker/breaker.repository.js';
import { Breakers } from './breaker/breakers.js';
import { Balancer } from './choice/balancer.js';
import { Chooser } from './choice/chooser.js';
import { Endpoints } from './choice/endpoints.js';
import { RateLimits } from './choice/rate-limits.js';
import { ExplainController } from './explain/explain.controller.js';
import { Explanations } from './explain/explanations.js';
import { Verdicts } from './explain/verdicts.js';
import { MeshRouteHooks } from './mesh-route.hooks.js';
import { meshRouteKind } from './mesh-route.kind.js';
import { MeshProxy } from './proxy/mesh-proxy.js';
import { Mirrors } from './proxy/mirrors.js';
import { ProxyAgents } from './proxy/proxy-agents.js';
import { ProxyController } from './proxy/proxy.controller.js';
import { ProxyParts } from './proxy/proxy-parts.js';
import { SocketProxy } from './proxy/socket-proxy.js';
import { RouteEdits } from './route-edits.js';
import { MeshConfigController } from './settings/mesh-config.controller.js';
import { MeshConfigs } from './settings/mesh-config.service.js';
import { MeshSettingsRepository } from './settings/mesh-settings.repository.js';
import { TrafficSplitController } from './settings/traffic-split.controller.js';
import { MeshFeed } from './snapshot/mesh-feed.js';
import { MeshSnapshot } from './snapshot/mesh-snapshot.js';
import { MeshSnapshotRepository } from './snapshot/mesh-snapshot.repository.js';
import { MeshStatistics } from './stats/mesh-statistics.js';
import { MeshStatsController } from './stats/mesh-stats.controller.js';
import { RouteCounts } from './stats/route-counts.js';
import { RouteStatRepository } from './stats/route-stat.repository.js';
import { TracesModule } from './traces/traces.module.js';
import { MeshVersionRepository } from './versions/mesh-version.repository.js';
import { MeshVersions } from './versions/mesh-versions.service.js';
import { MeshVersionsController } from './versions/mesh-versions.controller.js';

/** The service mesh. Routes with fixed words stand before `:id`. */
@Module({
  imports: [TracesModule],
  controllers: [
    ExplainController,
    MeshConfigController,
    TrafficSplitController,
    MeshStatsController,
    MeshVersionsController,
    BreakerController,
    ProxyController,
    ...kindControllers(meshRouteKind, [kindMetricsController]),
  ],
  providers: [
    Balancer,
    BreakerChanges,
    BreakerEvents,
    BreakerRepository,
    Breakers,
    Chooser,
    Endpoints,
    Explanations,
    MeshConfigs,
    MeshFeed,
    MeshProxy,
    MeshRouteHooks,
    MeshSettingsRepository,
    MeshSnapshot,
    MeshSnapshotRepository,
    MeshStatistics,
    MeshVersionRepository,
    MeshVersions,
    Mirrors,
    ProxyAgents,
    ProxyParts,
    RateLimits,
    RouteCounts,
    RouteEdits,
    RouteStatRepository,
    SocketProxy,
    Verdicts,
  ],
  exports: [MeshFeed, MeshSnapshot, Endpoints],
})
export class MeshModule {
  constructor(catalog: KindCatalog) {
    catalog.add(meshRouteKind);
  }
}
