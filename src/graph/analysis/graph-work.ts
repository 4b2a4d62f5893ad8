import { communities } from '../engine/communities.js';
import type { Communities } from '../engine/communities.js';
import { groupsOf } from '../engine/groups.js';
import type { Groups } from '../engine/groups.js';
import { pageRank } from '../engine/page-rank.js';
import { pathCentrality } from '../engine/shortest-paths.js';
import type { PathCentrality, SourceBudget } from '../engine/shortest-paths.js';
import { strongComponents } from '../engine/strong-components.js';
import { weakComponents } from '../engine/weak-components.js';
import { wholeGraph } from '../engine/whole-graph.js';
import type { Check, Choice, StoredGraph, WholeGraph } from '../engine/whole-graph.js';
import { rankOf } from './rank.js';

/** What the thread is asked for. */
export type GraphWork =
  { name: 'centrality' } | { name: 'communities' } | { name: 'components'; connection: 'weak' | 'strong' };

export type WorkNamed<Name extends GraphWork['name']> = Extract<GraphWork, { name: Name }>;

/** Of the graph that was looked at. */
interface Extent {
  entries: number;
  /** Steps: parallel relationships are one, bidirectional ones two. */
  steps: number;
}

export interface Centrality extends Extent, PathCentrality {
  ids: Float64Array;
  inDegree: Uint32Array;
  outDegree: Uint32Array;
  pageRank: Float64Array;
  iterations: number;
  /** Places from 1, by value, then by age. */
  ranks: Record<'degree' | 'betweenness' | 'closeness' | 'pageRank', Uint32Array>;
}

export interface Results {
  centrality: Centrality;
  communities: Extent & Communities;
  components: Extent & { groups: Groups };
}

/** Brandes' algorithm looks at every step once from each entry: so many steps are affordable. */
const AFFORDABLE = 2e9;
const LEAST_SAMPLE = 256;
/** Where time ends before the sample is complete, so many entries are still one. */
const LEAST_CUT = 16;

/** All entries where that is affordable, else as many as are. */
function sourcesOf({ ids, out }: WholeGraph): SourceBudget {
  const steps = Math.max(1, out.targets.length);
  const isAffordable = ids.length * steps <= AFFORDABLE;
  const sample = Math.max(LEAST_SAMPLE, Math.floor(AFFORDABLE / steps));
  return { sources: isAffordable ? Infinity : sample, leastSources: LEAST_CUT };
}

/** Whole-graph algorithms, as the thread runs them. */
export function workedOut(
  stored: StoredGraph,
  choice: Choice,
  work: GraphWork,
  check: Check,
): Results[GraphWork['name']] {
  const graph = wholeGraph(stored, choice, check);
  const extent = { entries: graph.ids.length, steps: graph.out.targets.length };
  switch (work.name) {
    case 'centrality':
      return { ...extent, ...centrality(graph, check) };
    case 'communities':
      return { ...extent, ...communities(graph, check) };
    case 'components':
      return { ...extent, groups: (work.connection === 'strong' ? strong : weakComponents)(graph, check) };
  }
}

function strong(graph: WholeGraph, check: Check): Groups {
  const search = strongComponents({ ids: graph.ids, ...graph.out });
  for (;;) {
    const step = search.next();
    check();
    if (!step.done) continue;
    const members = Float64Array.from(step.value.flat());
    const label = Uint32Array.from(step.value.flatMap((set, i) => set.map(() => i)));
    return groupsOf(members, label);
  }
}

function centrality(graph: WholeGraph, check: Check): Omit<Centrality, keyof Extent> {
  const size = graph.ids.length;
  const { values, iterations } = pageRank(graph, check);
  const inDegree = Uint32Array.from({ length: size }, (_, i) => graph.in.offsets[i + 1] - graph.in.offsets[i]);
  const outDegree = Uint32Array.from({ length: size }, (_, i) => graph.out.offsets[i + 1] - graph.out.offsets[i]);
  const degree = Float64Array.from(inDegree, (value, i) => value + outDegree[i]);
  const paths = pathCentrality(graph, sourcesOf(graph), check);
  return {
    ids: graph.ids,
    inDegree,
    outDegree,
    pageRank: values,
    iterations,
    ...paths,
    ranks: {
      degree: rankOf(degree),
      betweenness: rankOf(paths.betweenness),
      closeness: rankOf(paths.closeness),
      pageRank: rankOf(values),
    },
  };
}
