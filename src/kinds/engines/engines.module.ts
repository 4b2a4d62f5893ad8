import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { Autoscaler } from './autoscaling/autoscaler.js';
import { AutoscalingController } from './autoscaling/autoscaling.controller.js';
import { AutoscalingRepository } from './autoscaling/autoscaling.repository.js';
import { AutoscalingService } from './autoscaling/autoscaling.service.js';
import { EngineScaleController } from './engine-scale.controller.js';
import { EngineScaling } from './engine-scaling.service.js';
import { EngineHooks } from './engine.hooks.js';
import { engineKind } from './engine.kind.js';
import { ScaleCompletedHandler } from './scale-completed.handler.js';
import { LeaseRepository } from './workloads/lease.repository.js';
import { WorkloadLeasesController } from './workloads/workload-leases.controller.js';
import { WorkloadMetrics } from './workloads/workload-metrics.js';
import { WorkloadPages } from './workloads/workload-page.js';
import { WorkloadStatsRepository } from './workloads/workload-stats.repository.js';
import { WorkloadStatsService } from './workloads/workload-stats.service.js';
import { WorkloadUpkeep } from './workloads/workload-upkeep.js';
import { WorkloadRepository } from './workloads/workload.repository.js';
import { WorkloadsController } from './workloads/workloads.controller.js';
import { WorkloadsService } from './workloads/workloads.service.js';

/** Engines: their capacity, what scales them, and the queues of what they are to do. */
@Module({
  controllers: [
    ...kindControllers(engineKind),
    EngineScaleController,
    AutoscalingController,
    WorkloadsController,
    WorkloadLeasesController,
  ],
  providers: [
    Autoscaler,
    AutoscalingRepository,
    AutoscalingService,
    EngineHooks,
    EngineScaling,
    LeaseRepository,
    ScaleCompletedHandler,
    WorkloadMetrics,
    WorkloadPages,
    WorkloadRepository,
    WorkloadStatsRepository,
    WorkloadStatsService,
    WorkloadsService,
    WorkloadUpkeep,
  ],
})
export class EnginesModule {
  constructor(catalog: KindCatalog) {
    catalog.add(engineKind);
  }
}
