import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Grant } from './caller.js';

/** How long a revocation can go unnoticed on a replica that is cut off from the notices. Jitter spreads the look-ups. */
const KEEP_MS = [5_000, 10_000] as const;
const REFUSE_MS = [1_000, 2_000] as const;
const MOST = 10_000;
const CLOCK_STEP_MS = 50;

const between = ([least, most]: readonly [number, number]): number => least + Math.random() * (most - least);

/**
 * What this process knows of credentials, by their SHA-256: raw keys are kept nowhere. Refusals have a cache of their own,
 * so that a flood of invented keys cannot push out the ones in use.
 */
@Injectable()
export class CredentialCache {
  private readonly grants = new LRUCache<string, Grant>({ max: MOST, ttl: KEEP_MS[1], ttlResolution: CLOCK_STEP_MS });
  private readonly refusals = new LRUCache<string, true>({
    max: MOST,
    ttl: REFUSE_MS[1],
    ttlResolution: CLOCK_STEP_MS,
  });
  private version = 0;

  /** Changes whenever something is forgotten: a look-up that began before must not be kept after. */
  get generation(): number {
    return this.version;
  }

  /** The grant, null for a credential refused a moment ago, undefined when nothing is known. */
  find(digest: string): Grant | null | undefined {
    return this.grants.get(digest) ?? (this.refusals.has(digest) ? null : undefined);
  }

  keep(digest: string, grant: Grant): void {
    this.grants.set(digest, grant, { ttl: between(KEEP_MS) });
  }

  refuse(digest: string): void {
    this.refusals.set(digest, true, { ttl: between(REFUSE_MS) });
  }

  /** Drops a key and every token made from it. */
  forget(keyId: string): void {
    this.version++;
    for (const [digest, grant] of this.grants.entries()) if (grant.keyId === keyId) this.grants.delete(digest);
  }

  /** Drops whoever holds a role. */
  forgetRole(role: string): void {
    this.version++;
    for (const [digest, { caller }] of this.grants.entries())
      if (caller.roles.includes(role)) this.grants.delete(digest);
  }

  clear(): void {
    this.version++;
    this.grants.clear();
  }
}
