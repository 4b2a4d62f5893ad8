import { EnumField, IntegerField, NestedField, Shown } from '../../../platform/http/fields.js';
import { MeshCircuitBreaker } from '../definition/breaker-settings.dto.js';
import { LOAD_BALANCERS } from '../definition/route-match.dto.js';
import type { LoadBalancer } from '../definition/route-match.dto.js';
import { MeshTracing } from '../definition/route-policy.dto.js';

/** What holds for every route that says nothing else. */
export class MeshConfigReplace {
  @IntegerField({ min: 0, max: 86_400_000, description: '15000 when left out, 0 for none.', example: 15_000 })
  timeout_ms?: number | null;
  @EnumField(LOAD_BALANCERS, { description: 'round_robin when left out.', example: 'round_robin' })
  load_balancer?: LoadBalancer | null;
  @NestedField(() => MeshCircuitBreaker, { description: 'Of routes without one; none when left out.' })
  circuit_breaker?: MeshCircuitBreaker | null;
  @NestedField(() => MeshTracing, { description: 'All requests up to 50 a second when left out.' })
  tracing?: MeshTracing | null;
}

export class MeshConfig extends MeshConfigReplace {
  @Shown(12, { type: 'integer', description: 'Number of the version of the mesh that has it.' }) version: number;
  @Shown(true, { description: 'Whether `/mesh/proxy` is open on this replica.' }) proxy: boolean;
  @Shown('2026-03-01T09:30:00.000Z', { type: String, format: 'date-time', nullable: true }) updated_at: string | null;
  @Shown('admin_key:0190a6e0-5c1b-7a3f-9d2e-4b8c1f6a7d90', { type: String, nullable: true }) updated_by: string | null;
}

export class MeshServiceBalancerReplace {
  @EnumField(LOAD_BALANCERS, { required: true, example: 'least_conn' }) load_balancer: LoadBalancer;
}

export class MeshServiceBalancer extends MeshServiceBalancerReplace {
  @Shown('0190a6e0-5c1b-7a3f-9d2e-4b8c1f6a7d90', { format: 'uuid' }) service_id: string;
  @Shown('svc_orders') service: string;
  @Shown(12, { type: 'integer', description: 'Number of the version of the mesh that has it.' }) version: number;
}

export class MeshTracingState {
  @Shown(true) enabled: boolean;
  @Shown(100) sample_percent: number;
  @Shown(50, { type: 'integer', description: 'Traced at most, by each replica.' }) per_second: number;
}

export class MeshTracingEnable {
  @IntegerField({ min: 0, max: 100, description: 'As before when left out.', example: 10 })
  sample_percent?: number | null;
  @IntegerField({
    min: 0,
    max: 100_000,
    description: 'At most, by each replica; as before when left out.',
    example: 50,
  })
  per_second?: number | null;
}
