import { Injectable } from '@nestjs/common';
import { DEFAULT_TTL } from '../grid-node.kind.js';
import type { KnownNode } from '../snapshot/known-node.js';
import { NodeFinder } from '../snapshot/node-finder.js';
import type { Beat } from './beat-buffer.js';
import type { GridHeartbeatAnswer } from './heartbeat.dto.js';
import { GridLiveness } from './liveness.js';

/** Takes heartbeats: none costs a question to the database but one of a node that another process has just made. */
@Injectable()
export class Heartbeats {
  constructor(
    private readonly finder: NodeFinder,
    private readonly liveness: GridLiveness,
  ) {}

  /** @throws NotFoundError `grid_node.not_found` */
  beat(idOrKey: string, beat: Beat): GridHeartbeatAnswer | Promise<GridHeartbeatAnswer> {
    const found = this.finder.find(idOrKey);
    return found instanceof Promise ? found.then((node) => this.taken(node, beat)) : this.taken(found, beat);
  }

  private taken(node: KnownNode, beat: Beat): GridHeartbeatAnswer {
    this.liveness.beat(node, beat);
    const { uid, key, status, spec, load } = node;
    const drain = status === 'draining' || status === 'drained';
    const { connections } = load;
    return { id: uid, key, status, drain, connections, ttl_seconds: spec.ttl_seconds ?? DEFAULT_TTL };
  }
}
