import { IsInt, Max, Min } from 'class-validator';
import { MeshEnv } from './mesh-env.js';
import { FromVariable, integer } from './variable.js';

/** What the mesh keeps, and how it tells proxies of its routes. */
export class ControlPlaneEnv extends MeshEnv {
  /** Days that spans of traces are kept. */
  @FromVariable('TRACE_RETENTION_DAYS', integer, 'be a whole number of days from 1 to 366')
  @IsInt()
  @Min(1)
  @Max(366)
  readonly traceRetentionDays: number = 7;
}
