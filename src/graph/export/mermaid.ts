import { oneLine } from './exported-graph.js';
import type { ExportedGraph } from './exported-graph.js';

/** Mermaid takes words only as identifiers. */
const word = (id: string): string => `e${id.replaceAll('-', '')}`;

const ENTITIES: Readonly<Record<string, string>> = {
  '"': '#quot;',
  '#': '#35;',
  '<': '#lt;',
  '>': '#gt;',
  '&': '#amp;',
};
const escaped = (text: string): string => oneLine(text).replace(/["#<>&]/g, (character) => ENTITIES[character]);

/** A Mermaid flowchart, as it stands in Markdown files. */
export async function* mermaidText({ nodes, edges, remark }: ExportedGraph): AsyncGenerator<string> {
  yield 'flowchart LR\n';
  if (remark) yield `  %% ${oneLine(remark).replaceAll(/[{}]/g, '')}\n`;
  for await (const batch of nodes) yield batch.map(({ id, key }) => `  ${word(id)}["${escaped(key)}"]\n`).join('');
  for await (const batch of edges)
    yield batch
      .map(({ source_id, target_id, type, bidirectional }) => {
        const arrow = bidirectional ? '<-->' : '-->';
        return `  ${word(source_id)} ${arrow}|"${escaped(type)}"| ${word(target_id)}\n`;
      })
      .join('');
}
