import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { DatabaseListener } from '../../../platform/database/database-listener.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { MeshSnapshot } from '../snapshot/mesh-snapshot.js';
import type { CompiledRoute } from '../table/compiled-route.js';
import { BreakerEvents } from './breaker-events.js';
import { BreakerRepository } from './breaker.repository.js';
import type { BreakerFact, BreakerState } from './breaker.repository.js';
import { OutcomeBuffer } from './outcome-buffer.js';

/** As the trigger names it. */
const CHANNEL = 'mesh_breaker';
/** How soon another process's change is seen where nobody is notified. */
const POLL_MS = 1000;
/** Who was given no probe asks again so soon. */
const PAUSE_MS = 50;
/** A probe that nobody tells the outcome of is waited for at least so long. */
const PATIENCE_SECONDS = 5;

/** Whether a request may go. What went is told by {@link Breakers.settle}, with this. */
export type Admission =
  { verdict: 'pass' } | { verdict: 'probe'; episode: number } | { verdict: 'refuse'; retryAfterMs: number };

/** What would be said to a request now. */
export interface Standing {
  state: BreakerState;
  verdict: 'pass' | 'probe' | 'refuse';
  retryAfterMs: number;
}

interface Known {
  state: BreakerState;
  version: number;
  /** On this process's clock. */
  openUntil: number;
  /** Not asked for a probe before. */
  quietUntil: number;
  asking: boolean;
}

const PASS: Admission = { verdict: 'pass' };

/**
 * The circuit breakers of all routes, as this process knows them: a request asks memory only, unless it may be a probe. States
 * are shared through the database, which tells of changes at once; asking every second is for where that is not heard.
 */
@Injectable()
export class Breakers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly known = new Map<string, Known>();
  private readonly buffer: OutcomeBuffer;
  private readonly logger: Logger;
  private stopListening: () => unknown = () => undefined;

  constructor(
    private readonly repository: BreakerRepository,
    private readonly snapshot: MeshSnapshot,
    private readonly listener: DatabaseListener,
    private readonly jobs: Jobs,
    private readonly events: BreakerEvents,
    logger: Logger,
  ) {
    this.logger = logger.child('mesh');
    this.buffer = new OutcomeBuffer(
      async (outcomes) => this.made(await repository.count(outcomes)),
      (err) => this.logger.warn({ err }, 'outcomes of requests could not be counted, trying on'),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.poll().catch((err: unknown) => this.logger.warn({ err }, 'the circuit breakers are not known yet'));
    this.stopListening = await this.listener.listen(CHANNEL, (payload) => this.heard(payload));
    this.jobs.every('mesh-breakers', POLL_MS, async () => {
      await this.poll();
      await this.buffer.flush();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stopListening();
    await this.buffer.flush();
  }

  /** A promise only where the database has to be asked for a probe. */
  admit(route: CompiledRoute): Admission | Promise<Admission> {
    const { breaker } = route;
    const known = breaker && this.known.get(route.row.id);
    if (!known || known.state === 'closed') return PASS;
    const now = performance.now();
    if (now < known.openUntil || now < known.quietUntil || known.asking) return refusal(known, now);
    return this.probe(route, known);
  }

  /** What {@link admit} would say, without taking a probe. */
  standing(route: CompiledRoute): Standing {
    const { breaker } = route;
    const known = breaker && this.known.get(route.row.id);
    if (!known || known.state === 'closed') return { state: 'closed', verdict: 'pass', retryAfterMs: 0 };
    const now = performance.now();
    const retryAfterMs = Math.max(0, known.openUntil - now, known.quietUntil - now);
    return { state: known.state, verdict: retryAfterMs > 0 || known.asking ? 'refuse' : 'probe', retryAfterMs };
  }

  /** How a request went that was let through; undefined where nobody can tell, as of one that its client gave up. */
  settle(route: CompiledRoute, admission: Admission, success: boolean | undefined): void {
    const { breaker: settings, row } = route;
    if (!settings || success === undefined) return;
    if (admission.verdict === 'pass') this.buffer.note(row.id, success, settings);
    else if (admission.verdict === 'probe')
      this.repository.probed(row.id, { episode: admission.episode, success, settings }).then(
        (fact) => fact && this.made([fact]),
        (err: unknown) => this.logger.warn({ err }, 'the outcome of a probe could not be told'),
      );
  }

  /** Resolves when everything that was settled is counted. */
  counted(): Promise<void> {
    return this.buffer.flush();
  }

  /** What the database has said of breakers: news and old news. */
  apply(facts: readonly BreakerFact[]): void {
    const now = performance.now();
    for (const { route_id: id, state, version, open_ms } of facts) {
      const before = this.known.get(id);
      if (before && before.version > version) continue;
      const openUntil = state === 'open' ? now + Math.max(0, Number(open_ms ?? 0)) : 0;
      const same = before?.version === version;
      if (before && same) Object.assign(before, { state, openUntil });
      else this.known.set(id, { state, version, openUntil, quietUntil: 0, asking: before?.asking ?? false });
    }
  }

  /** What a statement of this process answered: where it changed a state, this process tells of it. */
  private made(facts: readonly BreakerFact[]): void {
    for (const fact of facts) {
      const before = this.known.get(fact.route_id);
      const state = before?.state ?? 'closed';
      if (state !== fact.state && (before?.version ?? 0) < fact.version) this.events.changed(fact, state);
    }
    this.apply(facts);
  }

  private async probe(route: CompiledRoute, known: Known): Promise<Admission> {
    const { half_open_requests: most, open_seconds: open } = route.breaker!;
    known.asking = true;
    try {
      const fact = await this.repository.probe(route.row.id, most, Math.max(open, PATIENCE_SECONDS));
      if (fact) {
        this.made([fact]);
        return { verdict: 'probe', episode: fact.episode };
      }
    } catch (err) {
      this.logger.warn({ err }, 'no probe could be asked for');
    } finally {
      known.asking = false;
      const now = this.known.get(route.row.id);
      if (now) now.asking = false;
    }
    const now = this.known.get(route.row.id) ?? known;
    if (now.state === 'closed') return PASS;
    now.quietUntil = performance.now() + PAUSE_MS;
    return refusal(now, performance.now());
  }

  private heard(payload: string): void {
    if (payload === '') void this.poll().catch(() => undefined);
    else this.apply([JSON.parse(payload) as BreakerFact]);
  }

  private async poll(): Promise<void> {
    const before = new Map([...this.known].map(([id, { version }]) => [id, version]));
    const facts = await this.repository.notClosed();
    const there = new Set(facts.map(({ route_id }) => route_id));
    for (const [id, known] of this.known) {
      // What was heard of since it was asked is newer than the answer.
      if (known.state !== 'closed' && !there.has(id) && before.get(id) === known.version) known.state = 'closed';
      if (known.state === 'closed' && !this.snapshot.get(id)) this.known.delete(id);
    }
    this.apply(facts);
  }
}

const refusal = ({ openUntil, quietUntil }: Known, now: number): Admission => ({
  verdict: 'refuse',
  retryAfterMs: Math.max(1, openUntil - now, quietUntil - now),
});
