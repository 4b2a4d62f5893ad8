import { createHash } from 'node:crypto';
import type { KnownNode, Obstacle } from '../snapshot/known-node.js';
import { isFull } from '../snapshot/known-node.js';
import { seedOf } from './rendezvous.js';
import { turnOrder } from './turn-order.js';

/** Nodes that are as good as one another, and what strategies need to know of them: made when it is first asked for. */
export class Tier {
  private turns?: Uint32Array;
  private seeded?: Uint32Array;
  private sums?: number[];
  private name?: string;

  constructor(
    readonly nodes: readonly KnownNode[],
    /** Whether they are of the wanted zone; null when none is wanted. */
    readonly sameZone: boolean | null,
    readonly degraded: boolean,
  ) {}

  /** Whether some of them can take one more. */
  get open(): boolean {
    return this.nodes.some((node) => !isFull(node));
  }

  /** The same for the same nodes with the same weights, in every process. */
  get id(): string {
    this.name ??= createHash('sha256')
      .update(this.nodes.map(({ uid, weight }) => `${uid} ${weight}`).join())
      .digest('base64url')
      .slice(0, 22);
    return this.name;
  }

  get order(): Uint32Array {
    return (this.turns ??= turnOrder(this.nodes.map(({ weight }) => weight)));
  }

  get seeds(): Uint32Array {
    return (this.seeded ??= Uint32Array.from(this.nodes, ({ uid }) => seedOf(uid)));
  }

  /** Weights added up, one after another. */
  get cumulative(): readonly number[] {
    if (!this.sums) {
      let sum = 0;
      this.sums = this.nodes.map(({ weight }) => (sum += weight));
    }
    return this.sums;
  }

  get weight(): number {
    return this.cumulative.at(-1) ?? 0;
  }
}

/** What a question comes to, while no node is another. */
export interface Pool {
  /** The best ones first; none is empty. */
  tiers: readonly Tier[];
  matching: number;
  excluded: Partial<Record<Obstacle, number>>;
}

/** The nodes that match a question, the best ones first: of the wanted zone before others, degraded ones last. */
export function poolOf(matching: readonly KnownNode[], preferred: string | undefined): Pool {
  const excluded: Partial<Record<Obstacle, number>> = {};
  const groups: KnownNode[][] = [[], [], [], []];
  for (const node of matching) {
    if (node.obstacle) excluded[node.obstacle] = (excluded[node.obstacle] ?? 0) + 1;
    else groups[(node.weak ? 2 : 0) + (preferred === undefined || node.spec.zone === preferred ? 0 : 1)].push(node);
  }
  const tiers = groups.flatMap((nodes, rank) =>
    nodes.length === 0 ? [] : [new Tier(nodes, preferred === undefined ? null : rank % 2 === 0, rank > 1)],
  );
  return { tiers, matching: matching.length, excluded };
}
