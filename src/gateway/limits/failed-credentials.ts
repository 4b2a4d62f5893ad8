import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Env } from '../../platform/env/env.js';
import { UnauthenticatedError } from '../../platform/errors/registry-error.js';
import type { RegistryError } from '../../platform/errors/registry-error.js';
import { Logger } from '../../platform/logging/logger.js';
import { addressGroup } from './address-group.js';
import { TooManyFailuresError } from './limit-errors.js';

const MOST_ADDRESSES = 10_000;
/** An address that was quiet for so long begins anew. */
const FORGET_MS = 900_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;

interface FailureRecord {
  /** Failures that are still allowed; grows back to the limit within its window. */
  allowed: number;
  at: number;
  waits: number;
  waitUntil: number;
}

/**
 * Counts the credentials of each address that did not hold. Beyond the limit their refusal is a 429, to be waited out twice
 * as long every time. Only refusals ever meet it: who shares the address and has a valid credential passes, or one
 * caller could lock out all others behind the same router. In memory, by process, for at most so many addresses.
 */
@Injectable()
export class FailedCredentials {
  /** Milliseconds; tests set it. */
  now: () => number = () => performance.now();
  private readonly records = new LRUCache<string, FailureRecord>({
    max: MOST_ADDRESSES,
    ttl: FORGET_MS,
    ttlResolution: 0,
    perf: { now: () => this.now() },
  });
  private readonly logger: Logger;

  constructor(
    private readonly env: Env,
    logger: Logger,
  ) {
    this.logger = logger.child('gateway');
  }

  /** Counts a credential that did not hold; the error to answer with. */
  refusal(address: string | undefined): RegistryError {
    const rate = this.env.authFailureLimit;
    if (!rate) return new UnauthenticatedError();
    const group = addressGroup(address);
    const now = this.now();
    const record = this.records.get(group) ?? { allowed: rate.limit, at: now, waits: 0, waitUntil: 0 };
    record.allowed = Math.min(rate.limit, record.allowed + ((now - record.at) * rate.limit) / (rate.seconds * 1000));
    record.at = now;
    this.records.set(group, record);
    if (now < record.waitUntil) return new TooManyFailuresError(record.waitUntil - now);
    if (record.allowed >= 1) {
      record.allowed--;
      return new UnauthenticatedError();
    }
    if (record.waits === 0) this.logger.warn({ address: group }, 'too many credentials of an address did not hold');
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** record.waits++);
    record.waitUntil = now + wait;
    return new TooManyFailuresError(wait);
  }
}
