import { Injectable } from '@nestjs/common';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import { gridNodeKind } from '../grid-node.kind.js';
import { GridSnapshot } from './grid-snapshot.js';
import { GridSnapshotRepository } from './grid-snapshot.repository.js';
import type { KnownNode } from './known-node.js';

/** Finds the node a path names: in memory, or in the catalog when it has just been made. */
@Injectable()
export class NodeFinder {
  constructor(
    private readonly snapshot: GridSnapshot,
    private readonly repository: GridSnapshotRepository,
    private readonly entries: KindEntriesService,
  ) {}

  /** @throws NotFoundError `grid_node.not_found` */
  find(idOrKey: string): KnownNode | Promise<KnownNode> {
    return this.snapshot.find(idOrKey) ?? this.ask(idOrKey);
  }

  /** Read here and not by the feed, which a transaction around this request would wait for in vain. */
  private async ask(idOrKey: string): Promise<KnownNode> {
    const { id } = await this.entries.resolve(gridNodeKind, idOrKey);
    const asked = performance.now();
    const rows = await this.repository.nodes([id]);
    if (!this.snapshot.get(id)) this.snapshot.put(rows, asked);
    const found = this.snapshot.get(id);
    if (!found) throw new NotFoundError(gridNodeKind.name, idOrKey);
    return found;
  }
}
