// The graph of a package index, measured by the registry's algorithms and by graphology.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { communities } from '../../dist/src/graph/engine/communities.js';
import { countOf, membersOf, sizeOf } from '../../dist/src/graph/engine/groups.js';
import { pageRank } from '../../dist/src/graph/engine/page-rank.js';
import { pathCentrality } from '../../dist/src/graph/engine/shortest-paths.js';
import { strongComponents } from '../../dist/src/graph/engine/strong-components.js';
import { weakComponents } from '../../dist/src/graph/engine/weak-components.js';
import { wholeGraph } from '../../dist/src/graph/engine/whole-graph.js';

const idle = () => undefined;
const load = createRequire(import.meta.url);
const TOLERANCE = 1e-9;
const LOUVAIN_SHARE = 0.01;

/** Of each group of `depends` the first alternative that is a package of the file. */
function packageGraph(file) {
  const bytes = readFileSync(file);
  const lines = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8').split('\n').filter(Boolean);
  const packages = lines.map((line) => JSON.parse(line));
  const places = new Map(packages.map(({ name }, place) => [name, place]));
  const steps = packages.map(({ depends = [] }, from) => [
    ...new Set(
      depends
        .map((group) => group.map(({ name }) => places.get(name)).find((place) => place !== undefined))
        .filter((to) => to !== undefined && to !== from),
    ),
  ]);
  return { size: packages.length, steps };
}

function stored({ size, steps }) {
  const offsets = new Uint32Array(size + 1);
  steps.forEach((row, i) => (offsets[i + 1] = offsets[i] + row.length));
  const targets = Uint32Array.from(steps.flat());
  const ids = Float64Array.from({ length: size }, (_, i) => i);
  return { ids, offsets, targets, types: new Uint16Array(targets.length).fill(1) };
}

function timed(name, work) {
  const began = performance.now();
  const result = work();
  console.log(`  ${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return result;
}

function assertClose(name, found, expected) {
  let farthest = 0;
  for (let i = 0; i < found.length; i++) farthest = Math.max(farthest, Math.abs(found[i] - expected[i]));
  if (!(farthest <= TOLERANCE)) throw new Error(`${name} differs by ${farthest}.`);
  console.log(`${name}: equal for ${found.length} entries (largest difference ${farthest.toExponential(1)})`);
}

function assertSameSets(name, groups, sets) {
  const told = (members) =>
    [...members]
      .map(Number)
      .sort((a, b) => a - b)
      .join();
  const own = Array.from({ length: countOf(groups) }, (_, i) => told(membersOf(groups, i)));
  const theirs = new Set(sets.map(told));
  if (own.length !== theirs.size || own.some((set) => !theirs.has(set))) throw new Error(`${name} differ.`);
  console.log(`${name}: ${own.length}, the same sets; the largest has ${own.length > 0 ? sizeOf(groups, 0) : 0}`);
}

function strong(graph) {
  const search = strongComponents({ ids: graph.ids, ...graph.out });
  let step = search.next();
  while (!step.done) step = search.next();
  const offsets = new Uint32Array(step.value.length + 1);
  step.value.forEach((set, i) => (offsets[i + 1] = offsets[i] + set.length));
  return { ids: Float64Array.from(step.value.flat()), offsets };
}

function graphologyOf({ size, steps }) {
  const { DirectedGraph, UndirectedGraph } = load('graphology');
  const [directed, undirected] = [new DirectedGraph(), new UndirectedGraph()];
  for (let i = 0; i < size; i++) [directed, undirected].forEach((graph) => graph.addNode(i));
  steps.forEach((row, from) =>
    row.forEach((to) => {
      directed.addEdge(from, to);
      if (!undirected.hasEdge(from, to)) undirected.addEdge(from, to);
    }),
  );
  return { directed, undirected };
}

const listOf = (values, size) => Array.from({ length: size }, (_, i) => values[i]);

export function proveOracle(file) {
  const packages = packageGraph(file);
  const { size } = packages;
  const graph = timed('graph', () => wholeGraph(stored(packages), {}, idle));
  console.log(`${size} packages, ${graph.out.targets.length} dependencies`);
  const { directed, undirected } = timed('graphology: graph', () => graphologyOf(packages));
  const degrees = load('graphology-metrics/centrality/degree');
  const degree = (place) =>
    graph.out.offsets[place + 1] - graph.out.offsets[place] + graph.in.offsets[place + 1] - graph.in.offsets[place];
  assertClose('degree', listOf([...Array(size).keys()].map(degree), size).map((value) => value / (size - 1)), listOf(degrees.degreeCentrality(directed), size)); // prettier-ignore

  const ranks = timed('PageRank', () => pageRank(graph, idle).values);
  const options = { getEdgeWeight: null, maxIterations: 1000, tolerance: 1e-15 };
  const theirRanks = timed('graphology: PageRank', () =>
    load('graphology-metrics/centrality/pagerank')(directed, options),
  );
  assertClose('PageRank', ranks, listOf(theirRanks, size));

  const components = load('graphology-components');
  assertSameSets('components', weakComponents(graph, idle), components.connectedComponents(directed));
  const circles = components.stronglyConnectedComponents(directed).filter(({ length }) => length > 1);
  assertSameSets('strong components', strong(graph), circles);

  const found = timed('communities', () => communities(graph, idle));
  const louvain = timed('graphology: Louvain', () =>
    load('graphology-communities-louvain').detailed(undirected, { getEdgeWeight: null }),
  );
  const label = [];
  for (let i = 0; i < countOf(found.groups); i++) for (const place of membersOf(found.groups, i)) label[place] = i;
  const judged = load('graphology-metrics/graph/modularity')(undirected, {
    getEdgeWeight: null,
    getNodeCommunity: (node) => label[node],
  });
  console.log(`modularity ${found.modularity.toFixed(4)} (${countOf(found.groups)} communities), judged by graphology ${judged.toFixed(4)}; its Louvain reaches ${louvain.modularity.toFixed(4)} (${louvain.count})`); // prettier-ignore
  if (Math.abs(judged - found.modularity) > TOLERANCE) throw new Error('The modularity is another one.');
  if (found.modularity < louvain.modularity * (1 - LOUVAIN_SHARE)) throw new Error('The communities are worse.');

  const all = { sources: Infinity, leastSources: 1 };
  const paths = timed('betweenness and closeness, exact', () => pathCentrality(graph, all, idle));
  const sample = timed('the same from 256 entries', () => pathCentrality(graph, { ...all, sources: 256 }, idle));
  tellSample(paths, sample);
  const closeness = load('graphology-metrics/centrality/closeness');
  const near = timed('graphology: closeness', () => closeness(directed, { wassermanFaust: true }));
  assertClose('closeness', paths.closeness, listOf(near, size));
  const betweenness = load('graphology-metrics/centrality/betweenness');
  const between = timed('graphology: betweenness', () => betweenness(directed, { getEdgeWeight: null }));
  assertClose('betweenness', paths.betweenness, listOf(between, size));
}

function tellSample(truth, sample) {
  for (const measure of ['betweenness', 'closeness']) {
    const top = (values) => [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, 100);
    const best = new Set(top(truth[measure]));
    const both = top(sample[measure]).filter((place) => best.has(place)).length;
    const errors = sample[`${measure}Error`] ?? [];
    const known = top(truth[measure]).filter(
      (place) => Math.abs(sample[measure][place] - truth[measure][place]) <= 2 * (errors[place] ?? 0) + TOLERANCE,
    );
    console.log(`  ${measure}: ${both} of the 100 greatest are the same, ${known.length} within two standard errors`);
  }
}
