import { createRequire } from 'node:module';

/** What graphology (a library of its own making) says of a graph, asked in its own words. Places are nodes. */
export interface Oracle {
  degree: number[];
  inDegree: number[];
  outDegree: number[];
  betweenness: number[];
  closeness: number[];
  pageRank: number[];
  weak: number[][];
  /** Of more than one. */
  strong: number[][];
  louvain: number;
  /** Of a partition, by place. */
  modularity(label: readonly number[]): number;
}

type Values = Record<string, number>;
interface Graph {
  addNode(node: number): void;
  addEdge(from: number, to: number): void;
  hasEdge(from: number, to: number): boolean;
}
type Measure = (graph: Graph, options?: object) => Values;

const load = createRequire(import.meta.url) as (name: string) => unknown;

function graphology() {
  const { DirectedGraph, UndirectedGraph } = load('graphology') as Record<string, new () => Graph>;
  const degrees = load('graphology-metrics/centrality/degree') as Record<string, Measure>;
  const components = load('graphology-components') as Record<string, (graph: Graph) => string[][]>;
  return {
    DirectedGraph,
    UndirectedGraph,
    degrees,
    components,
    betweenness: load('graphology-metrics/centrality/betweenness') as Measure,
    closeness: load('graphology-metrics/centrality/closeness') as Measure,
    pageRank: load('graphology-metrics/centrality/pagerank') as Measure,
    modularity: load('graphology-metrics/graph/modularity') as (graph: Graph, options: object) => number,
    louvain: load('graphology-communities-louvain') as {
      detailed(graph: Graph, options: object): { modularity: number };
    },
  };
}

const listOf = (values: Values, size: number): number[] => Array.from({ length: size }, (_, i) => values[i]);
const setsOf = (sets: string[][]): number[][] =>
  sets.map((set) => set.map(Number).sort((a, b) => a - b)).sort((a, b) => b.length - a.length || a[0] - b[0]);

/** Steps are `[from, to]` by place; doubles are one. `rng` decides Louvain's chances. */
export function askGraphology(size: number, steps: readonly (readonly [number, number])[], rng: () => number): Oracle {
  const library = graphology();
  const graph = new library.DirectedGraph();
  const both = new library.UndirectedGraph();
  for (let place = 0; place < size; place++) {
    graph.addNode(place);
    both.addNode(place);
  }
  for (const [from, to] of steps) {
    if (!graph.hasEdge(from, to)) graph.addEdge(from, to);
    if (!both.hasEdge(from, to)) both.addEdge(from, to);
  }
  const ask = (measure: Measure, options?: object): number[] => listOf(measure(graph, options), size);
  return {
    degree: ask(library.degrees.degreeCentrality),
    inDegree: ask(library.degrees.inDegreeCentrality),
    outDegree: ask(library.degrees.outDegreeCentrality),
    betweenness: ask(library.betweenness, { getEdgeWeight: null }),
    closeness: ask(library.closeness, { wassermanFaust: true }),
    pageRank: ask(library.pageRank, { getEdgeWeight: null, maxIterations: 1000, tolerance: 1e-13 }),
    weak: setsOf(library.components.connectedComponents(graph)),
    strong: setsOf(library.components.stronglyConnectedComponents(graph)).filter(({ length }) => length > 1),
    louvain: steps.length === 0 ? 0 : library.louvain.detailed(both, { rng, getEdgeWeight: null }).modularity,
    modularity: (label) =>
      steps.length === 0
        ? 0
        : library.modularity(both, { getNodeCommunity: (node: string) => label[Number(node)], getEdgeWeight: null }),
  };
}
