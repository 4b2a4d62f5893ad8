import { Injectable } from '@nestjs/common';
import { EntryIds } from '../entries/entry-ids.js';
import { UnavailableError } from '../platform/errors/registry-error.js';
import { allPaths } from './engine/all-paths.js';
import type { AllPaths, FoundPath, PathStep } from './engine/all-paths.js';
import { breadthFirst } from './engine/breadth-first.js';
import type { Walk } from './engine/breadth-first.js';
import type { Direction, NodeId } from './engine/neighbor-source.js';
import { inSlices } from './engine/slices.js';
import { PATHS } from './graph-limits.js';
import { entryNamed } from './graph-node.js';
import { GraphRepository } from './graph.repository.js';
import type { EdgeRow } from './graph.repository.js';
import { pathAnswer } from './path.service.js';
import type { PathAnswer } from './path.service.js';

export interface PathsQuestion {
  source: string;
  target: string;
  types?: readonly string[];
  direction: Direction;
  /** Most steps of a path. */
  depth: number;
  /** Most paths. */
  limit: number;
}

export interface PathsTruncation {
  /** `limit` of paths; too many `entries`, relationships (`edges`) or beginnings of paths (`steps`) to look at; the time. */
  reason: 'limit' | 'entries' | 'edges' | 'steps' | 'deadline';
  /** The least length of which paths may be missing. */
  at_depth: number;
}

export interface PathsAnswer {
  max_depth: number;
  count: number;
  /** Shorter ones first. */
  paths: PathAnswer[];
  truncated: PathsTruncation | null;
}

interface Ends {
  source: NodeId;
  target: NodeId;
}

/** The entries among which all paths of up to `length` steps lead, and why longer ones may lead elsewhere. */
interface Surroundings {
  nodes: NodeId[];
  distance: Map<NodeId, number>;
  length: number;
  cut: PathsTruncation['reason'] | null;
}

const AGAINST: Record<Direction, Direction> = { out: 'in', in: 'out', both: 'both' };

/** Every way that leads from one entry to another, within bounds that are told when they matter. */
@Injectable()
export class PathsService {
  constructor(
    private readonly ids: EntryIds,
    private readonly graph: GraphRepository,
  ) {}

  async between(question: PathsQuestion): Promise<PathsAnswer> {
    const { direction, depth, limit } = question;
    const source = await entryNamed(this.ids, 'source', question.source);
    const target = await entryNamed(this.ids, 'target', question.target);
    const typeIds = await this.graph.typeIds(question.types);
    const around = await this.surroundings({ source, target }, direction, typeIds, depth);
    const { rows, length, cut } = await this.edgesAmong(around, direction, typeIds);
    const budget = { length, paths: limit, beginnings: PATHS.beginnings };
    const found = await inSlices(allPaths(lightest(rows, direction), { source, target }, budget));
    const truncated = truncationOf(found, cut && length < depth ? { reason: cut, at_depth: length + 1 } : null);
    return { max_depth: depth, count: found.paths.length, paths: await this.told(found.paths, rows), truncated };
  }

  /**
   * What leads to the target within the depth; where that is too much, what the source leads to; where both are, what
   * either is known to reach: paths as long as both together are among those.
   */
  private async surroundings(
    { source, target }: Ends,
    direction: Direction,
    typeIds: readonly number[] | undefined,
    depth: number,
  ): Promise<Surroundings> {
    const budget = { depth, nodes: PATHS.nodes, deadline: performance.now() + PATHS.milliseconds / 2 };
    const back = await breadthFirst(this.graph.neighbours(AGAINST[direction], typeIds), target, budget);
    if (!back.truncated) return { ...known(back), length: depth, cut: null };
    const forth = await breadthFirst(this.graph.neighbours(direction, typeIds), source, {
      ...budget,
      deadline: performance.now() + PATHS.milliseconds / 2,
    });
    if (!forth.truncated) return { ...known(forth), length: depth, cut: null };
    const [near, far] = [back, forth].map((walk) => walk.truncated!.atDepth - 1);
    const distance = new Map([...known(back, near).distance, ...known(forth, far).distance]);
    const cut = back.truncated.reason === 'deadline' ? 'deadline' : 'entries';
    return { nodes: [...distance.keys()], distance, length: Math.min(depth, near + far), cut };
  }

  /** Shorter paths lead among fewer entries: where there are too many relationships, the longest are given up first. */
  private async edgesAmong(
    { nodes, distance, length, cut }: Surroundings,
    direction: Direction,
    typeIds: readonly number[] | undefined,
  ): Promise<{ rows: EdgeRow[]; length: number; cut: Surroundings['cut'] }> {
    for (let most = length; ;) {
      const among = nodes.filter((node) => distance.get(node)! <= most);
      const walked = { nodes: among, expanded: among };
      const rows = await this.graph.edgesWalked(walked, direction, typeIds, PATHS.edges + 1);
      if (rows.length <= PATHS.edges) return { rows, length: most, cut: most < length ? 'edges' : cut };
      if (most === 0) return { rows: [], length: 0, cut: 'edges' };
      // Anything between has the same entries.
      most =
        Math.min(
          most,
          among.reduce((farthest, node) => Math.max(farthest, distance.get(node)!), 0),
        ) - 1;
    }
  }

  private async told(paths: readonly FoundPath[], rows: readonly EdgeRow[]): Promise<PathAnswer[]> {
    const summaries = await this.graph.summaries([...new Set(paths.flatMap(({ nodes }) => nodes))]);
    const edges = new Map(rows.map((row) => [Number(row.id), row]));
    return paths.map(({ nodes, edges: taken }) => {
      if (nodes.some((node) => !summaries.has(node)))
        throw new UnavailableError('graph.changed', 'A path found was changed while it was read; ask again.');
      return pathAnswer(
        nodes,
        taken.map((id) => edges.get(id)!),
        summaries,
      );
    });
  }
}

/** The entries of a walk up to a distance. */
function known({ nodes, distance }: Walk, most = Infinity): Pick<Surroundings, 'nodes' | 'distance'> {
  const kept = new Map<NodeId, number>();
  nodes.forEach((node, i) => {
    if (distance[i] <= most) kept.set(node, distance[i]);
  });
  return { nodes: [...kept.keys()], distance: kept };
}

/** Of parallel relationships the lightest, the oldest among equals. */
function lightest(rows: readonly EdgeRow[], direction: Direction): PathStep[] {
  const steps = new Map<string, PathStep & { weight: number }>();
  for (const { id, source_id, target_id, weight, bidirectional } of rows) {
    const put = (from: NodeId, to: NodeId): void => {
      const key = `${from} ${to}`;
      const before = steps.get(key);
      if (!before || weight < before.weight) steps.set(key, { from, to, edge: Number(id), weight });
    };
    const [source, target] = [Number(source_id), Number(target_id)];
    if (direction !== 'in' || bidirectional) put(source, target);
    if (direction !== 'out' || bidirectional) put(target, source);
  }
  return [...steps.values()];
}

/** What is missing at the least length counts. */
function truncationOf({ cut }: AllPaths, other: PathsTruncation | null): PathsTruncation | null {
  return cut ? { reason: cut.reason, at_depth: cut.atLength } : other;
}
