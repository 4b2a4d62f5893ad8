import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { ConsulRoots } from '../consul/consul-roots.js';
import { ConsulAgentController } from './consul/consul-agent.controller.js';
import { ConsulAgent } from './consul/consul-agent.service.js';
import { ConsulChecksController } from './consul/consul-checks.controller.js';
import { ConsulDiscoveryController } from './consul/consul-discovery.controller.js';
import { ConsulPlaces } from './consul/consul-places.js';
import { ConsulReader } from './consul/consul-reader.js';
import { ConsulWatches } from './consul/consul-watches.js';
import { DiscoveryController } from './discovery/discovery.controller.js';
import { Discovery } from './discovery/discovery.service.js';
import { InstanceWatches } from './discovery/instance-watches.js';
import { ServiceScrapeTargets } from './discovery/service-scrape-targets.js';
import { ServiceEndpoints } from './discovery/service-endpoints.js';
import { ServicePlaces } from './discovery/service-places.js';
import { ServiceSnapshot } from './discovery/service-snapshot.js';
import { SnapshotFeed } from './discovery/snapshot-feed.js';
import { SnapshotRepository } from './discovery/snapshot.repository.js';
import { InstanceHealth } from './instance-health.js';
import { InstanceRepository } from './instances/instance.repository.js';
import { InstancesController } from './instances/instances.controller.js';
import { InstancesService } from './instances/instances.service.js';
import { Heartbeats } from './liveness/heartbeats.js';
import { Liveness } from './liveness/liveness.js';
import { LivenessRepository } from './liveness/liveness.repository.js';
import { serviceKind } from './service.kind.js';
import { ServiceHooks } from './service.hooks.js';
import { ServiceMetrics } from './service-metrics.js';
import { ServicesRegisterController } from './services-register.controller.js';

/** Services, their instances, and discovery. Routes with fixed words stand before `:id`. */
@Module({
  controllers: [
    DiscoveryController,
    ServicesRegisterController,
    InstancesController,
    ...kindControllers(serviceKind),
    ConsulAgentController,
    ConsulChecksController,
    ConsulDiscoveryController,
  ],
  providers: [
    ConsulAgent,
    ConsulPlaces,
    ConsulReader,
    ConsulRoots,
    ConsulWatches,
    Discovery,
    Heartbeats,
    InstanceHealth,
    InstanceRepository,
    InstancesService,
    InstanceWatches,
    Liveness,
    LivenessRepository,
    ServiceEndpoints,
    ServiceHooks,
    ServiceMetrics,
    ServicePlaces,
    ServiceScrapeTargets,
    ServiceSnapshot,
    SnapshotFeed,
    SnapshotRepository,
  ],
})
export class ServicesModule {
  constructor(catalog: KindCatalog) {
    catalog.add(serviceKind);
  }
}
