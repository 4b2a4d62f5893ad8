import { BREAKER_DEFAULTS } from '../definition/breaker-settings.dto.js';
import { bareHost, destinationName } from '../definition/destination-name.js';
import type { LoadBalancer, MeshDestination } from '../definition/route-match.dto.js';
import type { RetryOn } from '../definition/route-policy.dto.js';
import type { MeshRouteSpec, RouteType } from '../mesh-route.kind.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { compileMatch } from './request-match.js';
import type { RequestMatch } from './request-match.js';
import { compileSplit } from './split-plan.js';
import type { SplitPlan } from './split-plan.js';

/** A route as its row has it, with who may see it. */
export interface RouteRow {
  /** Inside id. */
  id: string;
  uid: string;
  /** `route_orders`. */
  key: string;
  name: string;
  version: string;
  status: string;
  title: string | null;
  spec: MeshRouteSpec;
  tags: readonly string[];
  /** Null for everyone. */
  readers: readonly string[] | null;
}

export interface CompiledDestination {
  /** What splits and reports call it. */
  name: string;
  weight: number;
  scheme: 'http' | 'https';
  /** As it is written in the spec. */
  given: MeshDestination;
  /** Of one that is no service. */
  address?: { host: string; port: number };
}

export type BreakerSettings = Record<Exclude<keyof typeof BREAKER_DEFAULTS, 'enabled'>, number>;

export interface RetrySettings {
  attempts: number;
  perTryTimeoutMs: number | undefined;
  baseMs: number;
  maxMs: number;
  on: ReadonlySet<RetryOn>;
  budgetPercent: number;
}

/** A route ready to take requests: never changed, another one takes its place. */
export interface CompiledRoute {
  row: RouteRow;
  type: RouteType;
  match: RequestMatch;
  destinations: readonly CompiledDestination[];
  split: SplitPlan;
  loadBalancer: LoadBalancer | undefined;
  timeoutMs: number;
  retry: RetrySettings;
  breaker: BreakerSettings | undefined;
  rank: readonly number[];
}

const NO_RETRY = { attempts: 0 };
const RETRY_ON: readonly RetryOn[] = [502, 503, 504, 'reset', 'connect_failure'];

export function compileRoute(row: RouteRow, settings: MeshSettings): CompiledRoute {
  const { spec } = row;
  const destinations = (spec.destinations ?? []).map(compileDestination);
  const match = compileMatch(spec.match);
  const split = compileSplit(spec.traffic_split, destinations);
  return {
    row,
    type: spec.type ?? 'http',
    match,
    destinations,
    split,
    loadBalancer: spec.load_balancer ?? undefined,
    timeoutMs: spec.timeout_ms ?? settings.timeoutMs,
    retry: compileRetry(spec),
    breaker: compileBreaker(spec, settings),
    rank: [...match.rank, split.byChance ? 1 : 0],
  };
}

function compileDestination(given: MeshDestination): CompiledDestination {
  const { host, port, weight, scheme } = given;
  return {
    name: destinationName(given),
    weight: weight ?? 100,
    scheme: scheme ?? 'http',
    given,
    ...(host != null && { address: { host: bareHost(host), port: port! } }),
  };
}

function compileRetry({ retry }: MeshRouteSpec): RetrySettings {
  const { attempts, per_try_timeout_ms, backoff, retry_on, budget_percent } = { ...NO_RETRY, ...retry };
  const baseMs = backoff?.base_ms ?? 25;
  return {
    attempts,
    perTryTimeoutMs: per_try_timeout_ms ?? undefined,
    baseMs,
    maxMs: backoff?.max_ms ?? Math.max(250, baseMs),
    on: new Set(retry_on ?? RETRY_ON),
    budgetPercent: budget_percent ?? 20,
  };
}

/** Without settings of its own a route breaks only where the mesh's configuration says so. */
function compileBreaker(
  { circuit_breaker: own }: MeshRouteSpec,
  { breaker }: MeshSettings,
): BreakerSettings | undefined {
  const given = own ?? breaker;
  if (!given || given.enabled === false) return undefined;
  const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value != null));
  const { enabled: _, ...settings } = { ...BREAKER_DEFAULTS, ...stated };
  const half_open_requests = Math.max(given.half_open_requests ?? 0, settings.success_threshold);
  return { ...settings, half_open_requests };
}
