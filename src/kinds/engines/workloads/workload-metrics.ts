import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../../../platform/http/metrics.js';
import { Logger } from '../../../platform/logging/logger.js';
import { WorkloadStatsRepository } from './workload-stats.repository.js';

/** The queues of all engines together; an engine's own are asked for by its path. Read when somebody scrapes. */
@Injectable()
export class WorkloadMetrics {
  private readonly logger: Logger;

  constructor(
    private readonly metrics: Metrics,
    private readonly stats: WorkloadStatsRepository,
    logger: Logger,
  ) {
    this.logger = logger.child('metrics');
    this.gauge('registry_workloads', 'Workloads that are not done.', ['status', 'priority'], async (gauge) => {
      for (const [status, counts] of Object.entries(await this.stats.depth()))
        for (const [priority, n] of Object.entries(counts)) gauge.set({ status, priority }, n);
    });
    this.gauge(
      'registry_workload_oldest_waiting_seconds',
      'How long the workload that is ready longest has waited.',
      [],
      async (gauge) => gauge.set((await this.stats.oldestWaiting()) ?? 0),
    );
  }

  /** A scrape while the database is away leaves its gauges as they are. */
  private gauge(name: string, help: string, labelNames: string[], read: (gauge: Gauge) => Promise<void>): void {
    const { logger } = this;
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.metrics.registry],
      async collect() {
        await read(this).catch((err: unknown) => logger.warn({ metric: name, err }, 'the metric could not be read'));
      },
    });
  }
}
