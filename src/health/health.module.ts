import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { PoolMetrics } from '../platform/database/pool-metrics.js';
import type { Env } from '../platform/env/env.js';
import { CatalogMetrics } from './catalog-metrics.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { metricsController } from './metrics.controller.js';

/** What operators look at: health and metrics. */
@Module({})
export class HealthModule {
  static forRoot(env: Env): DynamicModule {
    const metrics = PrometheusModule.register({
      path: 'metrics',
      controller: metricsController(env.metricsPublic),
      defaultMetrics: { enabled: false },
    });
    return {
      module: HealthModule,
      imports: [metrics],
      controllers: [HealthController],
      providers: [CatalogMetrics, HealthService, PoolMetrics],
    };
  }
}
