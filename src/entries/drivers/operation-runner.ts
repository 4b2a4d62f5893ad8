import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Env } from '../../platform/env/env.js';
import { ImpossibleError, RegistryError } from '../../platform/errors/registry-error.js';
import { ShutdownState } from '../../platform/http/shutdown-state.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { EntryRepository } from '../entry.repository.js';
import type { Driver, DriverAnswer } from './driver.js';
import { KubernetesDriver } from './kubernetes/kubernetes-driver.js';
import { OperationEnds } from './operation-ends.js';
import { OperationRepository } from './operation.repository.js';
import type { OperationRow } from './operation.js';
import { OperationSignal } from './operation-signal.js';
import { WebhookDriver } from './webhook/webhook-driver.js';

const LOOK_EVERY = 1_000;
const MOST_AT_ONCE = 16;
const MOST_OVERDUE = 100;
const CALL_MS = 30_000;
/** Longer than any call, so that nobody else makes it meanwhile. */
const LEASE_SECONDS = 60;
const LONGEST_PAUSE = 30;

/** Seconds until the same is asked again: 1, 2, 4 … 30, a quarter more or less. */
const pauseAfter = (attempts: number): number =>
  Math.min(2 ** (attempts - 1), LONGEST_PAUSE) * (0.75 + Math.random() / 2);

/**
 * Carries out what was committed: takes up operations that are due, asks their drivers, and ends those whose time is
 * over. A process that dies leaves them to the others, who ask again.
 */
@Injectable()
export class OperationRunner implements OnModuleInit {
  private readonly logger: Logger;
  private readonly inHand = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private looking: Promise<void> | undefined;
  private again = false;
  /** Work that a request has woken is not the request's: it has its own author, and sees everything. */
  private readonly ownContext = new AsyncResource('OperationRunner');

  constructor(
    private readonly operations: OperationRepository,
    private readonly ends: OperationEnds,
    private readonly entries: EntryRepository,
    private readonly webhook: WebhookDriver,
    private readonly kubernetes: KubernetesDriver,
    private readonly signal: OperationSignal,
    private readonly jobs: Jobs,
    private readonly env: Env,
    private readonly shutdown: ShutdownState,
    logger: Logger,
  ) {
    this.logger = logger.child('drivers');
  }

  onModuleInit(): void {
    if (this.env.role === 'api') return;
    this.jobs.every('driver-operations', LOOK_EVERY, () => this.look());
    this.signal.onCommit(() => this.wake());
    this.shutdown.onDrain(() => this.stop());
  }

  /** Gives up the calls under way and leaves what they were for to others. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.looking?.catch(() => undefined);
    await Promise.all(this.inHand.values());
  }

  /** Looks once; what comes up meanwhile is looked at right after. */
  private look(): Promise<void> {
    if (this.looking) this.again = true;
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = undefined;
      if (this.again && !this.stopping.signal.aborted) this.wake();
      this.again = false;
    });
    return this.looking;
  }

  private wake(): void {
    this.ownContext.runInAsyncScope(() => {
      this.look().catch((err: unknown) => this.logger.warn({ err }, 'operations could not be taken up'));
    });
  }

  private async lookOnce(): Promise<void> {
    for (const operation of await this.operations.overdue(MOST_OVERDUE)) await this.expire(operation);
    const room = MOST_AT_ONCE - this.inHand.size;
    if (room <= 0 || this.stopping.signal.aborted) return;
    for (const operation of await this.operations.claim(room, LEASE_SECONDS)) this.take(operation);
  }

  private async expire(operation: OperationRow): Promise<void> {
    const seconds = Math.round((operation.deadline.getTime() - operation.created_at.getTime()) / 1000);
    const last = operation.message ? ` Last: ${operation.message}` : '';
    // One that cannot be ended does not keep the others from it.
    await this.ends
      .end(operation, 'failed', `It has not ended within ${seconds} s.${last}`)
      .catch((err: unknown) => this.logger.error({ err, operation: operation.id }, 'an operation could not be ended'));
  }

  private take(operation: OperationRow): void {
    const work = this.carryOut(operation)
      // The database is away: the lease ends, and somebody asks again.
      .catch((err: unknown) => this.logger.error({ err, operation: operation.id }, 'an operation was left'))
      .finally(() => {
        this.inHand.delete(operation.id);
        if (this.inHand.size === MOST_AT_ONCE - 1) this.wake();
      });
    this.inHand.set(operation.id, work);
  }

  private async carryOut(operation: OperationRow): Promise<void> {
    const answer = await this.ask(operation);
    if (answer.state === 'succeeded' || answer.state === 'failed')
      await this.ends.end(operation, answer.state, answer.message);
    else if (answer.state === 'running')
      await this.operations.release(operation.id, 'running', answer.message ?? null, answer.again);
    else {
      const pause = this.stopping.signal.aborted ? 0 : (answer.again ?? pauseAfter(operation.attempts));
      const state = operation.state === 'running' ? 'running' : 'pending';
      await this.operations.release(operation.id, state, answer.message, pause);
    }
  }

  private async ask(operation: OperationRow): Promise<DriverAnswer> {
    const row = await this.entries.find(operation.entry_id);
    if (!row) return { state: 'failed', message: 'Its entry is gone.' };
    const driver: Driver = operation.driver === 'kubernetes' ? this.kubernetes : this.webhook;
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(CALL_MS)]);
    try {
      return await driver.act({ operation, row, signal });
    } catch (err) {
      // No key to sign with, for instance: it will not be otherwise in a moment.
      if (err instanceof ImpossibleError) return { state: 'failed', message: err.message };
      this.logger.warn({ err, operation: operation.id }, 'a driver failed');
      const message = err instanceof RegistryError ? err.message : 'The service failed to ask; its log says why.';
      return { state: 'unknown', message };
    }
  }
}
