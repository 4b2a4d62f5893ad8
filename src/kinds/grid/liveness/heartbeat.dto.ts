import { IntegerField, NumberField, Shown } from '../../../platform/http/fields.js';

const MOST = 1e12;

/** What is left out stays as it was. */
export class GridHeartbeat {
  @IntegerField({ min: 0, max: 1_000_000_000, description: 'Open at the node now.', example: 12 })
  connections?: number | null;
  @NumberField({ min: 0, max: MOST, description: 'Share of its processors, or what you call it.', example: 0.4 })
  cpu?: number | null;
  @NumberField({ min: 0, max: MOST, description: 'Share of its memory, or what you call it.', example: 0.6 })
  memory?: number | null;
  @NumberField({ min: 0, max: MOST, description: 'A second, or what you call it.', example: 120.5 })
  requests?: number | null;
}

/** What a heartbeat is told. */
export class GridHeartbeatAnswer {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('node_n1') key: string;
  @Shown('active', { description: 'What is wanted of it; no heartbeat changes that.' }) status: string;
  @Shown(false, { description: 'Wanted to take no new work.' }) drain: boolean;
  @Shown(12, { type: 'integer' }) connections: number;
  @Shown(15, { type: 'integer' }) ttl_seconds: number;
}
