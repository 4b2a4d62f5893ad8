import { Injectable } from '@nestjs/common';
import { compareVersions, parseReference } from '../../../entries/entry-key.js';
import { keyOn } from '../../../entries/kind/kind-entries.service.js';
import { currentViewer } from '../../../entries/visibility.js';
import type { Viewer } from '../../../entries/visibility.js';
import { gridNodeKind } from '../grid-node.kind.js';
import { isSeen, knownNode } from './known-node.js';
import type { KnownNode, NodeRow } from './known-node.js';
import { NodeLoad } from './node-load.js';

/** A load as the database has it. */
export type LoadRow = Pick<NodeRow, 'connections' | 'cpu' | 'memory' | 'requests'> & {
  id: string;
  beat_at: string | null;
};

/** Every node of the grid, in memory. Who may not see one does not find it. */
@Injectable()
export class GridSnapshot {
  private readonly byId = new Map<string, KnownNode>();
  private readonly byUid = new Map<string, KnownNode>();
  private readonly byName = new Map<string, KnownNode[]>();
  private ordered: readonly KnownNode[] | undefined;
  private counted = { beating: 0, draining: 0 };
  private changes = 0;
  /** While most nodes are silent none is given up: until then, or null. */
  guardUntil: Date | null = null;

  /** Another number whenever a node is another. */
  get version(): number {
    return this.changes;
  }

  get size(): number {
    return this.byId.size;
  }

  /** Nodes that are waited for. */
  get beating(): number {
    return this.counted.beating;
  }

  get draining(): number {
    return this.counted.draining;
  }

  /** Takes the place of what was known; `askedAt` is when the question began, on this process's clock. */
  put(rows: readonly NodeRow[], askedAt: number): void {
    for (const row of rows) {
      const load = this.byId.get(row.id)?.load ?? new NodeLoad();
      this.drop(row.id);
      takeLoad(load, { ...row, beat_at: row.beat_at?.toISOString() ?? null }, askedAt);
      const node = knownNode(row, load);
      this.byId.set(row.id, node);
      this.byUid.set(row.uid, node);
      this.byName.set(row.name, [...(this.byName.get(row.name) ?? []), node]);
      this.count(node, 1);
    }
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) this.drop(id);
  }

  /** Of a full load: what it does not name is gone. */
  keepOnly(rows: readonly NodeRow[]): void {
    const named = new Set(rows.map(({ id }) => id));
    this.remove([...this.byId.keys()].filter((id) => !named.has(id)));
  }

  putLoads(rows: readonly LoadRow[], askedAt: number): void {
    for (const row of rows) {
      const node = this.byId.get(row.id);
      if (node) takeLoad(node.load, row, askedAt);
    }
  }

  /** By inside id, whoever asks. */
  get(id: string): KnownNode | undefined {
    return this.byId.get(id);
  }

  /** By id, key or name; of one without version the newest. Undefined for what the caller may not see. */
  find(text: string, viewer: Viewer = currentViewer()): KnownNode | undefined {
    const reference = parseReference(keyOn(gridNodeKind, text));
    if (!reference) return undefined;
    if ('uid' in reference) {
      const found = this.byUid.get(reference.uid);
      return found && isSeen(found, viewer) ? found : undefined;
    }
    if (reference.type !== gridNodeKind.name) return undefined;
    const versions = (this.byName.get(reference.name) ?? []).filter((one) => isSeen(one, viewer));
    return reference.version === undefined
      ? versions.reduce<KnownNode | undefined>(
          (best, one) => (best && compareVersions(best.version, one.version) >= 0 ? best : one),
          undefined,
        )
      : versions.find(({ version }) => version === reference.version);
  }

  /** Those the caller may see, in the order every process keeps. */
  all(viewer: Viewer = currentViewer()): readonly KnownNode[] {
    this.ordered ??= [...this.byId.values()].toSorted(byNumber);
    return viewer === undefined ? this.ordered : this.ordered.filter((node) => isSeen(node, viewer));
  }

  get guardActive(): boolean {
    return this.guardUntil !== null && this.guardUntil.getTime() > Date.now();
  }

  private drop(id: string): void {
    this.changes++;
    this.ordered = undefined;
    const node = this.byId.get(id);
    if (!node) return;
    this.byId.delete(id);
    this.byUid.delete(node.uid);
    this.count(node, -1);
    const others = (this.byName.get(node.name) ?? []).filter((one) => one !== node);
    if (others.length > 0) this.byName.set(node.name, others);
    else this.byName.delete(node.name);
  }

  private count({ level, status }: KnownNode, by: number): void {
    if (level !== null) this.counted.beating += by;
    if (status === 'draining') this.counted.draining += by;
  }
}

const byNumber = (a: KnownNode, b: KnownNode): number => a.id.length - b.id.length || (a.id < b.id ? -1 : 1);

function takeLoad(load: NodeLoad, row: LoadRow, askedAt: number): void {
  const { connections, cpu, memory, requests, beat_at: beatAt } = row;
  load.known(connections, askedAt);
  const at = beatAt === null ? null : Date.parse(beatAt);
  // A heartbeat taken here may not be written yet.
  if (at === null || (load.beatAt !== null && load.beatAt > at)) return;
  load.beatAt = at;
  load.cpu = cpu;
  load.memory = memory;
  load.requests = requests;
}
