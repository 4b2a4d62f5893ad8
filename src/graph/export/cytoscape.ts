import type { ExportedGraph } from './exported-graph.js';

/** Elements as Cytoscape.js takes them. */
export async function* cytoscapeText({ nodes, edges, remark }: ExportedGraph): AsyncGenerator<string> {
  yield `{"remark":${JSON.stringify(remark ?? null)},"elements":{"nodes":[`;
  let separator = '';
  for await (const batch of nodes) {
    if (batch.length === 0) continue;
    yield separator + batch.map((node) => JSON.stringify({ data: { ...node, label: node.key } })).join(',');
    separator = ',';
  }
  yield '],"edges":[';
  separator = '';
  for await (const batch of edges) {
    if (batch.length === 0) continue;
    yield (
      separator +
      batch
        .map(({ id, source_id, target_id, type, weight, bidirectional }) => {
          const ends = { id: `e${id}`, source: source_id, target: target_id };
          return JSON.stringify({ data: { ...ends, type, label: type, weight, bidirectional } });
        })
        .join(',')
    );
    separator = ',';
  }
  yield ']}}\n';
}
