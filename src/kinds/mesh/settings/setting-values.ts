import type { LoadBalancer } from '../definition/route-match.dto.js';
import type { SettingRow } from '../snapshot/mesh-snapshot.repository.js';
import type { MeshConfigReplace } from './mesh-config.dto.js';
import { DEFAULT_SETTINGS } from './mesh-settings.js';
import type { MeshSettings } from './mesh-settings.js';

/** Names of settings: the configuration, and what services ask for by their public ids. */
export const CONFIG = 'config';
const BALANCER = 'balancer:';
export const balancerSetting = (serviceUid: string): string => `${BALANCER}${serviceUid}`;

export function settingsOf(rows: ReadonlyMap<string, SettingRow>): MeshSettings {
  const config = (rows.get(CONFIG)?.value ?? {}) as MeshConfigReplace;
  return {
    timeoutMs: config.timeout_ms ?? DEFAULT_SETTINGS.timeoutMs,
    loadBalancer: config.load_balancer ?? DEFAULT_SETTINGS.loadBalancer,
    breaker: config.circuit_breaker ?? undefined,
    tracing: tracingOf(config),
  };
}

export function tracingOf({ tracing }: MeshConfigReplace): MeshSettings['tracing'] {
  const { enabled, samplePercent, perSecond } = DEFAULT_SETTINGS.tracing;
  return {
    enabled: tracing?.enabled ?? enabled,
    samplePercent: tracing?.sample_percent ?? samplePercent,
    perSecond: tracing?.per_second ?? perSecond,
  };
}

export function balancersOf(rows: ReadonlyMap<string, SettingRow>): Map<string, LoadBalancer> {
  const found = new Map<string, LoadBalancer>();
  for (const [name, { value }] of rows)
    if (name.startsWith(BALANCER) && value !== null)
      found.set(name.slice(BALANCER.length), (value as { load_balancer: LoadBalancer }).load_balancer);
  return found;
}
