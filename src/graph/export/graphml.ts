import { oneLine } from './exported-graph.js';
import type { ExportedGraph } from './exported-graph.js';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => oneLine(text).replace(/[&<>"]/g, (character) => ENTITIES[character]);

const NODE_FIELDS = ['key', 'type', 'name', 'version', 'title', 'status', 'health', 'feature'] as const;
const EDGE_FIELDS = { type: 'string', weight: 'double', bidirectional: 'boolean' } as const;

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
${NODE_FIELDS.map((name) => `  <key id="${name}" for="node" attr.name="${name}" attr.type="string"/>`).join('\n')}
${Object.entries(EDGE_FIELDS)
  .map(([name, type]) => `  <key id="edge_${name}" for="edge" attr.name="${name}" attr.type="${type}"/>`)
  .join('\n')}
  <graph id="registry" edgedefault="directed">
`;

const data = (key: string, value: unknown): string =>
  value === null || value === undefined ? '' : `<data key="${key}">${escaped(String(value))}</data>`;

/** GraphML, as Gephi, yEd and networkx read it. */
export async function* graphmlText({ nodes, edges, remark }: ExportedGraph): AsyncGenerator<string> {
  yield HEAD;
  // A comment of XML ends at its first two hyphens.
  if (remark) yield `    <!-- ${escaped(remark).replaceAll('--', '- -')} -->\n`;
  for await (const batch of nodes)
    yield batch
      .map((node) => `    <node id="${node.id}">${NODE_FIELDS.map((name) => data(name, node[name])).join('')}</node>\n`)
      .join('');
  for await (const batch of edges)
    yield batch
      .map(
        (edge) =>
          `    <edge id="e${edge.id}" source="${edge.source_id}" target="${edge.target_id}">${(
            ['type', 'weight', 'bidirectional'] as const
          )
            .map((name) => data(`edge_${name}`, edge[name]))
            .join('')}</edge>\n`,
      )
      .join('');
  yield '  </graph>\n</graphml>\n';
}
