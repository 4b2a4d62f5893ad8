import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { currentViewer } from '../../../entries/visibility.js';
import { GridSnapshot } from '../snapshot/grid-snapshot.js';
import type { KnownNode } from '../snapshot/known-node.js';
import type { GridAffinity, GridBalance } from './balance.dto.js';
import { poolOf } from './pool.js';
import type { Pool } from './pool.js';

const MOST_QUESTIONS = 1000;

/** Which nodes a question is about, kept while no node is another: what they are doing changes none of it. */
@Injectable()
export class Pools {
  private readonly known = new LRUCache<string, Pool>({ max: MOST_QUESTIONS });
  private version = -1;

  constructor(private readonly snapshot: GridSnapshot) {}

  of(question: GridBalance): Pool {
    if (this.version !== this.snapshot.version) {
      this.known.clear();
      this.version = this.snapshot.version;
    }
    const { type, region, zone, affinity, prefer_same_zone: prefers } = question;
    const viewer = currentViewer();
    const name = JSON.stringify([type, region, zone, affinity, prefers, viewer]);
    let pool = this.known.get(name);
    if (!pool) {
      const nodes = this.snapshot.all(viewer).filter((node) => matches(node, question));
      pool = poolOf(nodes, prefers && zone ? zone : undefined);
      this.known.set(name, pool);
    }
    return pool;
  }
}

function matches(
  { spec }: KnownNode,
  { type, region, zone, affinity, prefer_same_zone: prefers }: GridBalance,
): boolean {
  return (
    (!type || spec.type === type) &&
    (!region || spec.region === region) &&
    (!zone || prefers === true || spec.zone === zone) &&
    (affinity ?? []).every((one) => agrees(spec.labels ?? {}, one))
  );
}

function agrees(labels: Record<string, unknown>, { key, operator, values }: GridAffinity): boolean {
  const label = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === 'exists') return label !== undefined;
  const found =
    label !== undefined && (values ?? []).includes(typeof label === 'string' ? label : JSON.stringify(label));
  return operator === 'ne' ? !found : found;
}
