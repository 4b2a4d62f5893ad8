import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { withParameters } from '../../../platform/http/paging.js';
import { serviceKind } from '../service.kind.js';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import { LivenessRepository } from '../liveness/liveness.repository.js';
import { isHolding } from '../../../entries/liveness/mass-loss-guard.js';
import type { DiscoverQuery, DiscoveryState, InstanceQuery } from './discovery.dto.js';
import { InstanceWatches } from './instance-watches.js';
import { discovered, listOf, selected } from './instance-selection.js';
import type { Selection } from './instance-selection.js';
import { ServicePlaces } from './service-places.js';
import { isSeen, ServiceSnapshot } from './service-snapshot.js';
import { SnapshotFeed } from './snapshot-feed.js';

const MOST_WAIT_MS = 600_000;
/** As Consul does, so that not all who began together come back together. */
const JITTER_SHARE = 1 / 16;
/** The index of a service that never had an instance; the first one makes it 2. */
const FIRST_INDEX = 1;

const UNITS = { ms: 1, s: 1000, m: 60_000 } as const;

/** `30s`, `500ms`, `5m` in milliseconds, at most ten minutes. */
export function waitOf(text: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m)$/.exec(text)!;
  return Math.min(Number(number) * UNITS[unit as keyof typeof UNITS], MOST_WAIT_MS);
}

const flag = (text: string | undefined): boolean | undefined => (text === undefined ? undefined : text === 'true');

const selectionOf = (query: InstanceQuery): Selection => ({
  healthy: flag(query.healthy),
  zones: query.zone,
  preferZones: query.prefer_zone,
  tags: query.tag,
  metadata: query.metadata,
  closed: query.include_closed === 'true',
});

/** Answers who is where, from memory. */
@Injectable()
export class Discovery {
  constructor(
    private readonly places: ServicePlaces,
    private readonly snapshot: ServiceSnapshot,
    private readonly feed: SnapshotFeed,
    private readonly watches: InstanceWatches,
    private readonly liveness: LivenessRepository,
  ) {}

  /** The instances of one service; with `wait` and `index`, when there is something else to say than at that index. */
  async instances(idOrKey: string, query: InstanceQuery, response: Response): Promise<void> {
    const id = await this.places.idOf(idOrKey);
    const selection = selectionOf(query);
    const answer = (): string => listOf(selected(this.snapshot.get(id), selection));
    if (query.wait !== undefined && query.index !== undefined) {
      // Another process told it more than is known here.
      if (query.index > this.indexOf(id)) await this.feed.refresh([id]);
      if (query.index === this.indexOf(id)) await this.change(id, selection, answer, query.wait, response);
    }
    if (response.destroyed) return;
    // While it waited the service may have gone, or become none of the caller's business.
    const service = this.snapshot.get(id);
    if (service ? !isSeen(service) : (await this.places.idOf(idOrKey)) !== id)
      throw new NotFoundError(serviceKind.name, idOrKey);
    this.send(answer(), response, this.indexOf(id));
  }

  /** Services with those of their instances that are asked for; one that has none of them is left out. */
  discover(query: DiscoverQuery, request: Request, response: Response): void {
    const { name, type, tag = [], feature, healthy, zone, prefer_zone, metadata, limit, offset = 0 } = query;
    const selection = { healthy: healthy === 'any' ? undefined : healthy === 'true', zones: zone, preferZones: prefer_zone, metadata }; // prettier-ignore
    const found: string[] = [];
    let passed = 0;
    for (const service of this.candidates(name)) {
      if (type && (service.type === null || !type.includes(service.type))) continue;
      if (feature && (service.feature === null || !feature.includes(service.feature))) continue;
      if (!tag.every((one) => service.tags.includes(one))) continue;
      const instances = selected(service, selection);
      if (instances.length === 0 || passed++ < offset) continue;
      if (found.length === limit) {
        const next = withParameters(request.originalUrl, { offset: String(offset + limit) });
        response.setHeader('Link', `<${next}>; rel="next"`);
        break;
      }
      found.push(discovered(service, instances));
    }
    this.send(`[${found.join(',')}]`, response);
  }

  /** How discovery is doing. */
  async state(): Promise<DiscoveryState> {
    const { now, guard, resumedAt, late } = await this.liveness.state();
    const active = isHolding(guard, now);
    return {
      services: this.snapshot.size,
      instances: this.snapshot.counts(),
      watchers: this.watches.size,
      snapshot_age_ms: Math.round(Math.min(this.feed.age(), 1e9)),
      listening_since: resumedAt?.toISOString() ?? null,
      guard: {
        active,
        since: active ? guard.since!.toISOString() : null,
        until: active ? guard.until!.toISOString() : null,
        silent: active ? late : 0,
      },
    };
  }

  private *candidates(names: readonly string[] | undefined): Generator<ReturnType<ServiceSnapshot['get']> & object> {
    if (!names) yield* this.snapshot.all();
    else for (const name of new Set(names.map((one) => one.toLowerCase()))) yield* this.snapshot.all(name);
  }

  private indexOf(id: string): number {
    return this.snapshot.get(id)?.index ?? FIRST_INDEX;
  }

  private async change(
    id: string,
    selection: Selection,
    answer: () => string,
    wait: string,
    response: Response,
  ): Promise<void> {
    const ms = waitOf(wait);
    const gone = new AbortController();
    const close = (): void => gone.abort();
    response.once('close', close);
    await this.watches.wait(
      id,
      JSON.stringify(selection),
      answer,
      ms * (1 + Math.random() * JITTER_SHARE),
      gone.signal,
    );
    response.off('close', close);
  }

  private send(body: string, response: Response, index?: number): void {
    const { guardUntil } = this.snapshot;
    if (index !== undefined) response.setHeader('X-Index', String(index));
    if (guardUntil && guardUntil.getTime() > Date.now())
      response.setHeader('X-Discovery-Guard', guardUntil.toISOString());
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.end(body);
  }
}
