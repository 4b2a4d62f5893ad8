import { Injectable } from '@nestjs/common';
import type { CompiledRoute } from '../table/compiled-route.js';
import { TokenBucket } from './token-bucket.js';

/** How much of each route's rate limit is left, in this process. */
@Injectable()
export class RateLimits {
  private readonly buckets = new WeakMap<CompiledRoute, TokenBucket>();

  /** Undefined when a request may pass; else in how many seconds one may. */
  wait(route: CompiledRoute, taken: boolean, now = performance.now()): number | undefined {
    const { rate_limit: limit } = route.row.spec;
    if (!limit) return undefined;
    let bucket = this.buckets.get(route);
    if (!bucket) {
      const perMs = limit.requests / ((limit.per_seconds ?? 1) * 1000);
      this.buckets.set(route, (bucket = new TokenBucket(perMs, limit.burst ?? limit.requests, now)));
    }
    const wait = bucket.wait(now);
    if (wait !== undefined) return wait / 1000;
    if (taken) bucket.take();
    return undefined;
  }
}
