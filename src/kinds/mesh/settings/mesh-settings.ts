import type { MeshCircuitBreaker } from '../definition/breaker-settings.dto.js';
import type { LoadBalancer } from '../definition/route-match.dto.js';

/** What holds for every route that says nothing else. */
export interface MeshSettings {
  timeoutMs: number;
  loadBalancer: LoadBalancer;
  breaker: MeshCircuitBreaker | undefined;
  tracing: { enabled: boolean; samplePercent: number; perSecond: number };
}

export const DEFAULT_SETTINGS: MeshSettings = {
  timeoutMs: 15_000,
  loadBalancer: 'round_robin',
  breaker: undefined,
  tracing: { enabled: true, samplePercent: 100, perSecond: 50 },
};
