import { Injectable } from '@nestjs/common';
import type { WorkloadStats } from './workload-stats.dto.js';
import { WorkloadStatsRepository } from './workload-stats.repository.js';
import { WorkloadsService } from './workloads.service.js';

/** How the queue of one engine stands. */
@Injectable()
export class WorkloadStatsService {
  constructor(
    private readonly workloads: WorkloadsService,
    private readonly repository: WorkloadStatsRepository,
  ) {}

  async of(engine: string): Promise<WorkloadStats> {
    const { id } = await this.workloads.engine(engine);
    const [depth, oldest, throughput] = await Promise.all([
      this.repository.depthOf(id),
      this.repository.oldestWaiting(id),
      this.repository.throughputOf(id),
    ]);
    return { depth, oldest_waiting_seconds: oldest, throughput };
  }
}
