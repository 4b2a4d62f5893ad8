import { SLOTS, merge, percentiles } from './latency-histogram.js';
import type { Latency, UsageFigures, UsageStepFigures } from './usage.dto.js';
import type { UsageSum } from './usage-questions.js';
import { stepsOf } from './usage-range.js';
import type { UsageRange } from './usage-range.js';

const SHARES = [0.5, 0.95, 0.99];

type Counted = Omit<UsageSum, 'name' | 'at' | 'last_at'>;

/** The sum of several sums: of the steps of a range, for example. */
export function summed(sums: readonly Counted[]): Counted {
  const total = nothing();
  for (const sum of sums) {
    total.requests += sum.requests;
    total.client_errors += sum.client_errors;
    total.server_errors += sum.server_errors;
    total.unauthenticated += sum.unauthenticated;
    total.forbidden += sum.forbidden;
    total.rate_limited += sum.rate_limited;
    total.bytes_out += sum.bytes_out;
    merge(total.latency, sum.latency);
  }
  return total;
}

const nothing = (): Counted => ({
  requests: 0,
  client_errors: 0,
  server_errors: 0,
  unauthenticated: 0,
  forbidden: 0,
  rate_limited: 0,
  bytes_out: 0,
  latency: Array.from({ length: SLOTS }, () => 0),
});

export function figures({
  requests,
  client_errors,
  server_errors,
  rate_limited,
  bytes_out,
  latency,
}: Counted): UsageFigures {
  const errors = client_errors + server_errors;
  return {
    requests,
    errors,
    error_rate: requests === 0 ? 0 : Number((errors / requests).toFixed(4)),
    client_errors,
    server_errors,
    rate_limited,
    bytes_out,
    latency_ms: latencyOf(latency),
  };
}

function latencyOf(counts: readonly number[]): Latency {
  const [p50, p95, p99] = percentiles(counts, SHARES);
  return { p50, p95, p99 };
}

/** One for every step of the range, also where nothing was asked. */
export function series(range: UsageRange, sums: readonly UsageSum[]): UsageStepFigures[] {
  const byTime = new Map(sums.map((sum) => [sum.at.getTime(), sum]));
  return stepsOf(range).map((at) => ({ at, ...figures(byTime.get(at.getTime()) ?? nothing()) }));
}
