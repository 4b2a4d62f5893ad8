import { ApiProperty } from '@nestjs/swagger';
import { Shown } from '../../../platform/http/fields.js';
import type { Depth, Throughput } from './workload-stats.repository.js';

const Count = (example: number): PropertyDecorator => ApiProperty({ type: 'integer', example });

export class PriorityCounts {
  @Count(3) low: number;
  @Count(12) normal: number;
  @Count(1) high: number;
  @Count(0) critical: number;
}

export class QueueDepth implements Depth {
  @ApiProperty({ type: PriorityCounts }) queued: PriorityCounts;
  @ApiProperty({ type: PriorityCounts }) scheduled: PriorityCounts;
  @ApiProperty({ type: PriorityCounts }) running: PriorityCounts;
  @ApiProperty({ type: PriorityCounts }) dead: PriorityCounts;
}

export class FinishedCounts {
  @Count(120) completed: number;
  @Count(1) dead: number;
}

export class WorkloadThroughput implements Throughput {
  @ApiProperty({ type: FinishedCounts }) last_minute: FinishedCounts;
  @ApiProperty({ type: FinishedCounts }) last_5_minutes: FinishedCounts;
  @ApiProperty({ type: FinishedCounts }) last_15_minutes: FinishedCounts;
}

export class WorkloadStats {
  @ApiProperty({ type: QueueDepth }) depth: QueueDepth;
  @Shown(4.2, {
    type: Number,
    nullable: true,
    description: 'Of those that could run at once, how long the one that has waited longest waits.',
  })
  oldest_waiting_seconds: number | null;
  @ApiProperty({ type: WorkloadThroughput }) throughput: WorkloadThroughput;
}
