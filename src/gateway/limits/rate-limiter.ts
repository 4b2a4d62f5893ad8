import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Response } from 'express';
import { Counter } from 'prom-client';
import { Env } from '../../platform/env/env.js';
import { Metrics } from '../../platform/http/metrics.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { Caller } from '../caller.js';
import { GuardedStore } from './guarded-store.js';
import { quotaOwner, windowsOf } from './key-windows.js';
import { LimitCounterRepository } from './limit-counter.repository.js';
import { QuotaExceededError } from './limit-errors.js';
import { policyHeader, sendLimits } from './limit-headers.js';
import { Quota } from './quota.js';
import type { Refusal, Unspent } from './quota.js';

const SWEEP_MS = 1_000;

interface KeyQuota {
  rateLimit: Caller['rateLimit'];
  policies: string;
  quota: Quota;
}

const sameLimit = (a: Caller['rateLimit'], b: Caller['rateLimit']): boolean =>
  a === b || (a?.limit === b?.limit && a?.seconds === b?.seconds);

/** Lets callers spend their quota: one count over all processes, asked in memory as long as units are at hand. */
@Injectable()
export class RateLimiter implements OnModuleInit, BeforeApplicationShutdown {
  /** By owner: more than one while a limit changes, or an old key and its new one have different limits. */
  private readonly quotas = new Map<string, KeyQuota[]>();
  private readonly refusals: Counter<'policy'>;

  constructor(
    private readonly env: Env,
    private readonly store: GuardedStore,
    private readonly counters: LimitCounterRepository,
    private readonly jobs: Jobs,
    metrics: Metrics,
  ) {
    this.refusals = new Counter({
      name: 'registry_rate_limited_requests_total',
      help: 'Requests refused because a quota was spent.',
      labelNames: ['policy'],
      registers: [metrics.registry],
    });
  }

  onModuleInit(): void {
    this.jobs.every('rate-limit-leases', SWEEP_MS, async () => {
      await this.sweep();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    // What cannot be given back comes back with its cells: no reason for a stop to fail.
    while (await this.sweep(true).catch(() => false));
  }

  /**
   * Counts a request, before it is worked on; without waiting unless it gives a promise. Says in the headers what is left.
   * Throws (or rejects with) QuotaExceededError, or ReducedCapacityError when nothing can be counted.
   */
  admit(caller: Caller, cost: number, response?: Response): void | Promise<void> {
    const ofOwner = this.quotas.get(quotaOwner(caller));
    const own = ofOwner?.find(({ rateLimit }) => sameLimit(rateLimit, caller.rateLimit)) ?? this.open(caller);
    if (!own) return undefined;
    const outcome = own.quota.spend(cost);
    if (outcome instanceof Promise) return outcome.then((refusal) => this.conclude(own, refusal, response));
    return this.conclude(own, outcome, response);
  }

  private conclude({ quota, policies }: KeyQuota, refusal: Refusal | undefined, response?: Response): void {
    if (response) sendLimits(response, policies, quota.remainders());
    if (!refusal) return;
    for (const policy of refusal.violated) this.refusals.inc({ policy });
    throw new QuotaExceededError(refusal);
  }

  private open(caller: Caller): KeyQuota | undefined {
    const windows = windowsOf(caller, this.env);
    if (windows.length === 0) return undefined;
    const owner = quotaOwner(caller);
    const quota = new Quota(owner, windows, this.store);
    const made = { rateLimit: caller.rateLimit, policies: policyHeader(windows), quota };
    this.quotas.set(owner, [...(this.quotas.get(owner) ?? []), made]);
    return made;
  }

  /** Gives back what was not spent in time (at shutdown: all), and forgets who was not here for a while. */
  private async sweep(all = false): Promise<boolean> {
    const unspent: Unspent[] = [];
    for (const [owner, own] of this.quotas) {
      // One of an owner at a time: the next comes with the next sweep.
      for (const { quota } of own) {
        const withdrawn = quota.withdraw(all);
        if (!withdrawn) continue;
        unspent.push(withdrawn);
        break;
      }
      const busy = own.filter(({ quota }) => !quota.idle);
      if (busy.length === 0) this.quotas.delete(owner);
      else if (busy.length < own.length) this.quotas.set(owner, busy);
    }
    if (unspent.length > 0) await this.counters.giveBack(unspent);
    return unspent.length > 0;
  }
}
