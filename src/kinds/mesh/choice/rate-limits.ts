import { Injectable } from '@nestjs/common';
import type { CompiledRoute } from '../table/compiled-route.js';

interface Bucket {
  tokens: number;
  at: number;
}

/** How much of each route's rate limit is left, in this process: a bucket that fills at the rate and holds the burst. */
@Injectable()
export class RateLimits {
  private readonly buckets = new WeakMap<CompiledRoute, Bucket>();

  /** Undefined when a request may pass; else in how many seconds one may. */
  wait(route: CompiledRoute, taken: boolean, now = performance.now()): number | undefined {
    const { rate_limit: limit } = route.row.spec;
    if (!limit) return undefined;
    const perMs = limit.requests / ((limit.per_seconds ?? 1) * 1000);
    const most = limit.burst ?? limit.requests;
    let bucket = this.buckets.get(route);
    if (!bucket) this.buckets.set(route, (bucket = { tokens: most, at: now }));
    bucket.tokens = Math.min(most, bucket.tokens + (now - bucket.at) * perMs);
    bucket.at = now;
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perMs / 1000;
    if (taken) bucket.tokens--;
    return undefined;
  }
}
