import { ApiProperty } from '@nestjs/swagger';

export class HealthStats {
  @ApiProperty({ type: 'integer', nullable: true, description: 'null while the database is away.', example: 63436 })
  total_entities: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 210482 })
  total_relationships: number | null;
}

export class HealthCheck {
  @ApiProperty({ enum: ['up', 'down'], example: 'up' })
  status: 'up' | 'down';

  @ApiProperty({ description: 'Milliseconds the check took.', example: 0.8 })
  latency_ms: number;
}

export class HealthChecks {
  @ApiProperty({ type: HealthCheck })
  database: HealthCheck;
}

export class Health {
  @ApiProperty({ enum: ['healthy', 'draining', 'unavailable'], example: 'healthy' })
  status: 'healthy' | 'draining' | 'unavailable';

  @ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  timestamp: string;

  @ApiProperty({ example: '0.1.0' })
  version: string;

  @ApiProperty({ description: 'Seconds since the start.', example: 4711.2 })
  uptime: number;

  @ApiProperty({ type: HealthStats })
  stats: HealthStats;

  @ApiProperty({ type: HealthChecks })
  checks: HealthChecks;
}

export class Liveness {
  @ApiProperty({ enum: ['alive'], example: 'alive' })
  status: 'alive';
}

export class Readiness {
  @ApiProperty({ enum: ['ready', 'draining', 'unavailable'], example: 'ready' })
  status: 'ready' | 'draining' | 'unavailable';
}
