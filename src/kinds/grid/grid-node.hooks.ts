import { Injectable } from '@nestjs/common';
import type { EntryDraft } from '../../entries/entry-draft.js';
import type { EntryRow } from '../../entries/entry-response.js';
import { HooksFor } from '../../entries/kind/kind-hooks.js';
import type { KindHooks, Probe, TransitionStep } from '../../entries/kind/kind-hooks.js';
import { ConflictError, InvalidError } from '../../platform/errors/registry-error.js';
import { validated } from '../../platform/http/validation.pipe.js';
import { DrainRepository } from './drain/drain.repository.js';
import { NodeRemoval } from './drain/node-removal.js';
import { DEFAULT_GRACE, DEFAULT_TTL, GridNodeDrain } from './grid-node.kind.js';
import type { GridNodeSpec } from './grid-node.kind.js';
import { GridLivenessRepository } from './liveness/liveness.repository.js';
import { GridFeed } from './snapshot/grid-feed.js';
import { GridSnapshot } from './snapshot/grid-snapshot.js';
import { stateOf } from './snapshot/known-node.js';

/** Seconds and counts of a health check that says nothing else. */
const DEFAULT_CHECK = { interval: 10, timeout: 2, unhealthyAfter: 3, healthyAfter: 2 };
const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+):([1-9]\d{0,4})$/i;

const specOf = ({ spec }: { spec: object }): GridNodeSpec => spec as GridNodeSpec;

/** What a node's state means, and what is told of it. */
@Injectable()
@HooksFor('grid_node')
export class GridNodeHooks implements KindHooks {
  constructor(
    private readonly snapshot: GridSnapshot,
    private readonly feed: GridFeed,
    private readonly drains: DrainRepository,
    private readonly removal: NodeRemoval,
    private readonly liveness: GridLivenessRepository,
  ) {}

  beforeSave(draft: EntryDraft): void {
    const check = specOf(draft).health_check;
    if (!check?.target || check.type === 'ttl') return;
    const holds =
      check.type === 'http'
        ? /^https?:\/\//i.test(check.target) && URL.canParse(check.target)
        : Number(HOST_AND_PORT.exec(check.target)?.[2]) <= 65_535;
    if (!holds)
      throw InvalidError.field(
        'health_check.target',
        check.type === 'http' ? 'must be an http or https URL' : 'must be host:port',
      );
  }

  async afterSave(row: EntryRow, before?: EntryRow): Promise<void> {
    const ttl = ttlOf(row);
    if (before && ttlOf(before) !== ttl) await this.liveness.retime(row.id, ttl);
    this.feed.changing();
  }

  async afterTransition({ verb, input }: TransitionStep, row: EntryRow): Promise<void> {
    if (verb === 'drain')
      await this.drains.begin(row.id, validated(GridNodeDrain, input).grace_seconds ?? DEFAULT_GRACE);
    else await this.drains.end(row.id);
    this.feed.changing();
  }

  async beforeRemove(row: EntryRow, force: boolean): Promise<void> {
    const connections = force ? 0 : await this.removal.connectionsOf(row);
    if (connections > 0)
      throw new ConflictError(
        'grid_node.in_use',
        `It has ${connections} connections: drain it first; force=true removes it all the same.`,
        { connections },
      );
    this.feed.changing();
  }

  /** Where it listens, when the check names no other target. */
  probeOf({ spec }: EntryRow): Probe | undefined {
    const { health_check: check, host, port } = specOf({ spec });
    if (!check) return undefined;
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const own = check.type === 'http' ? `http://${address}/` : check.type === 'ttl' ? '' : address;
    return {
      type: check.type,
      target: check.type === 'ttl' ? '' : (check.target ?? own),
      interval: check.interval ?? DEFAULT_CHECK.interval,
      timeout: check.timeout ?? DEFAULT_CHECK.timeout,
      unhealthyAfter: check.unhealthy_after ?? DEFAULT_CHECK.unhealthyAfter,
      healthyAfter: check.healthy_after ?? DEFAULT_CHECK.healthyAfter,
    };
  }

  async shown(rows: readonly EntryRow[]): Promise<ReadonlyMap<string, object>> {
    await this.feed.settled();
    return new Map(rows.map(({ id }) => [id, stateOf(this.snapshot.get(id))]));
  }
}

const ttlOf = (row: { spec: object }): number => specOf(row).ttl_seconds ?? DEFAULT_TTL;
