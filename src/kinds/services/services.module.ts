import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { DiscoveryController } from './discovery/discovery.controller.js';
import { Discovery } from './discovery/discovery.service.js';
import { InstanceWatches } from './discovery/instance-watches.js';
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
  controllers: [DiscoveryController, ServicesRegisterController, InstancesController, ...kindControllers(serviceKind)],
  providers: [
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
