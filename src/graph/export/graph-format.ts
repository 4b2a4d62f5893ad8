import { cytoscapeText } from './cytoscape.js';
import { dotText } from './dot.js';
import { graphmlText } from './graphml.js';
import type { ExportedGraph } from './exported-graph.js';
import { mermaidText } from './mermaid.js';

interface GraphFormat {
  mediaType: string;
  text: (graph: ExportedGraph) => AsyncGenerator<string>;
}

export const GRAPH_FORMATS = ['dot', 'graphml', 'mermaid', 'cytoscape'] as const;
export type GraphFormatName = (typeof GRAPH_FORMATS)[number];

/** Graphs as people's tools read them. */
export const graphFormat: Record<GraphFormatName, GraphFormat> = {
  dot: { mediaType: 'text/vnd.graphviz; charset=utf-8', text: dotText },
  graphml: { mediaType: 'application/graphml+xml; charset=utf-8', text: graphmlText },
  mermaid: { mediaType: 'text/vnd.mermaid; charset=utf-8', text: mermaidText },
  cytoscape: { mediaType: 'application/json; charset=utf-8', text: cytoscapeText },
};
