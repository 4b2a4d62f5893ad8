import { AsyncResource } from 'node:async_hooks';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Request, Response } from 'express';
import { RegistryError } from '../../../platform/errors/registry-error.js';
import { CREDENTIAL_VERIFIER } from '../../../platform/http/credential-verifier.js';
import type { CredentialVerifier } from '../../../platform/http/credential-verifier.js';
import { ShutdownState } from '../../../platform/http/shutdown-state.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { nextChange } from '../engine/ruleset.js';
import { FlagFeed } from '../snapshot/flag-feed.js';
import { FlagSnapshot } from '../snapshot/flag-snapshot.js';
import { refusedStream } from './stream-tokens.js';
import type { StreamGrant } from './stream-tokens.js';

const HEARTBEAT_MS = 15_000;
/** How soon the end of a key is heeded that nobody is notified of. */
const CHECK_MS = 5000;
/** Many keys may change at once. */
const BETWEEN_CHECKS_MS = 100;
const READ = 'read:feature_flag';
const RETRY_MS = 1000;
/** Of flags that follow the clock, changes by time are told no more often. */
const CLOCK_MS = 10_000;
const LONGEST_TIMER_MS = 86_400_000;
/** Whoever connects so soon after a change may have evaluated before it. */
const JUST_NOW_MS = 60_000;
const MOST_STREAMS = 10_000;
/** Unsent bytes above which a client does not read any more. */
const MOST_UNSENT = 64 * 1024;

interface Stream {
  response: Response;
  environment: string;
  /** Whose key the address was given to. */
  principal: string;
  /** What this client was last told, or begins with. */
  known: string;
  until: number;
}

/** Tells clients that they should evaluate again: as soon as flags have changed here, or an answer changes by time. */
@Injectable()
export class FlagStreams implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly streams = new Set<Stream>();
  private stopListening: (() => void)[] = [];
  private soon?: NodeJS.Timeout;
  private heartbeat?: NodeJS.Timeout;
  private clock?: NodeJS.Timeout;
  private clockedAt = 0;

  constructor(
    private readonly snapshot: FlagSnapshot,
    private readonly feed: FlagFeed,
    @Inject(CREDENTIAL_VERIFIER) private readonly credentials: CredentialVerifier,
    private readonly jobs: Jobs,
    private readonly shutdown: ShutdownState,
  ) {}

  onApplicationBootstrap(): void {
    this.stopListening = [
      this.snapshot.onChange(() => this.tellAll()),
      this.credentials.onChange(AsyncResource.bind(() => this.checkSoon())),
    ];
    this.jobs.every('feature-flag-streams', CHECK_MS, () => this.endUnheld());
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
    this.shutdown.onDrain(() => this.endAll());
  }

  beforeApplicationShutdown(): void {
    for (const stop of this.stopListening) stop();
    clearTimeout(this.soon);
    clearInterval(this.heartbeat);
    clearTimeout(this.clock);
    this.endAll();
  }

  get size(): number {
    return this.streams.size;
  }

  /** Throws an UnauthenticatedError when the key that was given the address does not hold any more. */
  async serve({ environment, principal, until }: StreamGrant, request: Request, response: Response): Promise<void> {
    if (this.streams.size >= MOST_STREAMS) throw tooMany();
    if (!(await this.holds(principal))) throw refusedStream();
    await this.feed.settled();
    const state = this.stateOf(environment);
    const last = request.get('Last-Event-ID');
    const stream = { response, environment, principal, until, known: state };
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    response.setHeader('Cache-Control', 'no-cache, no-transform');
    response.setHeader('X-Accel-Buffering', 'no');
    this.streams.add(stream);
    response.once('close', () => this.streams.delete(stream));
    // An id without data is no event, and still what a client comes back with.
    response.write(`retry: ${RETRY_MS}\nid: ${state}\n\n`);
    const missed = last ? last !== state : Date.now() - this.snapshot.changedAt < JUST_NOW_MS;
    if (missed) this.tell(stream, state);
    this.wind();
    if (this.shutdown.draining) response.end();
  }

  /** What a client knows when it has evaluated now: the rules, and when an answer changes by itself. */
  private stateOf(environment: string): string {
    const ruleset = this.snapshot.ruleset(environment);
    return `${ruleset.revision}.${nextChange(ruleset) ?? 0}`;
  }

  private tellAll(): void {
    const states = new Map<string, string>();
    for (const stream of this.streams) {
      const state = states.get(stream.environment) ?? this.stateOf(stream.environment);
      states.set(stream.environment, state);
      if (state !== stream.known) this.tell(stream, state);
    }
    this.wind();
  }

  private tell(stream: Stream, state: string): void {
    const { response, environment } = stream;
    stream.known = state;
    const data = {
      type: 'refetchEvaluation',
      etag: `"${this.snapshot.ruleset(environment).revision}"`,
      lastModified: Math.floor(this.snapshot.changedAt / 1000),
    };
    response.write(`id: ${state}\nevent: message\ndata: ${JSON.stringify(data)}\n\n`);
    if (response.writableLength > MOST_UNSENT) response.destroy();
  }

  /** Sets the clock to the next change by time of any environment that somebody listens to. */
  private wind(): void {
    clearTimeout(this.clock);
    const environments = new Set([...this.streams].map(({ environment }) => environment));
    const times = [...environments].flatMap((name) => nextChange(this.snapshot.ruleset(name)) ?? []);
    if (times.length === 0) return;
    const wait = Math.min(...times) - Date.now();
    const justTold = Date.now() - this.clockedAt < CLOCK_MS;
    const soonest = justTold ? Math.max(wait, CLOCK_MS) : wait + 5;
    this.clock = setTimeout(() => this.tick(), Math.min(soonest, LONGEST_TIMER_MS)).unref();
  }

  private tick(): void {
    this.clockedAt = Date.now();
    this.tellAll();
  }

  private beat(): void {
    const now = Date.now();
    for (const { response, until } of this.streams) {
      if (until <= now) response.end();
      else response.write(': ping\n\n');
    }
  }

  /** A revocation is told inside of the request that made it. */
  private checkSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      void this.endUnheld();
    }, BETWEEN_CHECKS_MS).unref();
  }

  /** Ends what was given to keys that do not hold any more; one question a key. */
  private async endUnheld(): Promise<void> {
    for (const principal of new Set([...this.streams].map((stream) => stream.principal))) {
      if (await this.holds(principal)) continue;
      for (const stream of this.streams) if (stream.principal === principal) stream.response.end();
    }
  }

  /** Not knowing (the database is away) is no reason to hang up. */
  private holds(principal: string): Promise<boolean> {
    return this.credentials.holds(principal, READ).catch(() => true);
  }

  private endAll(): void {
    for (const { response } of this.streams) response.end();
  }
}

const tooMany = (): RegistryError =>
  new RegistryError(
    429,
    'features.too_many_streams',
    `${MOST_STREAMS} event streams are open here, the most there may be.`,
    'Too many requests',
    'info',
    { headers: { 'Retry-After': '5' } },
  );
