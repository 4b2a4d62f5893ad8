import { oneLine } from './exported-graph.js';
import type { ExportedGraph } from './exported-graph.js';

const COLOURS: Readonly<Record<string, string>> = {
  healthy: '#d8f0d8',
  degraded: '#fdf0c8',
  unhealthy: '#f8d0d0',
};

/** A text in quotes: within them only these two end it early. Backslashes would begin Graphviz's own escapes. */
const quoted = (text: string): string => `"${oneLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Graphviz's DOT language. */
export async function* dotText({ nodes, edges, remark }: ExportedGraph): AsyncGenerator<string> {
  yield 'digraph registry {\n  rankdir=LR;\n  node [shape=box, style="rounded,filled", fillcolor="#f2f2f2", fontname="Helvetica"];\n';
  if (remark) yield `  // ${oneLine(remark)}\n`;
  for await (const batch of nodes)
    yield batch
      .map(({ key, title, health }) => {
        const colour = COLOURS[health] ? `, fillcolor="${COLOURS[health]}"` : '';
        return `  ${quoted(key)} [label=${quoted(key)}${title ? `, tooltip=${quoted(title)}` : ''}${colour}];\n`;
      })
      .join('');
  for await (const batch of edges)
    yield batch
      .map(({ source_key, target_key, type, bidirectional }) => {
        const both = bidirectional ? ', dir=both' : '';
        return `  ${quoted(source_key)} -> ${quoted(target_key)} [label=${quoted(type)}${both}];\n`;
      })
      .join('');
  yield '}\n';
}
