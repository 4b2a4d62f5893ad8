import type { GraphAnswer, GraphNode } from '../views/graph-view.js';

const BOX = { width: 220, height: 30, gap: 12, column: 320, margin: 20 };
const MOST_LABEL = 32;
const COLOURS: Readonly<Record<string, string>> = {
  healthy: '#d8f0d8',
  degraded: '#fdf0c8',
  unhealthy: '#f8d0d0',
};
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);

interface Place {
  x: number;
  y: number;
}

/** A picture of a walk: a column for each distance from the root, and an arrow for each relationship. */
export function graphSvg({ nodes, edges }: GraphAnswer): string {
  const places = placesOf(nodes);
  const width = Math.max(0, ...[...places.values()].map(({ x }) => x)) + BOX.width + BOX.margin;
  const height = Math.max(0, ...[...places.values()].map(({ y }) => y)) + BOX.height + BOX.margin;
  const arrows = edges.flatMap(({ source_id, target_id, type }) => {
    const [from, to] = [places.get(source_id), places.get(target_id)];
    return from && to ? [arrow(from, to, type)] : [];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#888"/></marker></defs>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...arrows,
    ...nodes.map((node) => box(node, places.get(node.id)!)),
    '</svg>',
    '',
  ].join('\n');
}

function placesOf(nodes: readonly GraphNode[]): Map<string, Place> {
  const rows = new Map<number, number>();
  const places = new Map<string, Place>();
  for (const { id, distance = 0 } of nodes) {
    const row = rows.get(distance) ?? 0;
    rows.set(distance, row + 1);
    places.set(id, {
      x: BOX.margin + distance * BOX.column,
      y: BOX.margin + row * (BOX.height + BOX.gap),
    });
  }
  return places;
}

function box({ key, title, health }: GraphNode, { x, y }: Place): string {
  const label = key.length > MOST_LABEL ? `${key.slice(0, MOST_LABEL - 1)}…` : key;
  const told = `${key}${typeof title === 'string' ? `: ${title}` : ''}`;
  return `<g><title>${escaped(told)}</title><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="5" fill="${COLOURS[String(health)] ?? '#f2f2f2'}" stroke="#999"/><text x="${x + 8}" y="${y + 19}">${escaped(label)}</text></g>`;
}

/** From the side of a box that faces the other one; within a column around its right side. */
function arrow(from: Place, to: Place, type: string): string {
  const isForth = to.x > from.x;
  const [x1, x2] = [isForth || to.x === from.x ? from.x + BOX.width : from.x, isForth ? to.x : to.x + BOX.width];
  const [y1, y2] = [from.y + BOX.height / 2, to.y + BOX.height / 2];
  const bend = to.x === from.x ? 50 : (x2 - x1) / 2;
  const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${to.x === from.x ? x2 + bend : x2 - bend} ${y2} ${x2} ${y2}`;
  return `<path d="${path}" fill="none" stroke="#888" marker-end="url(#tip)"><title>${escaped(type)}</title></path>`;
}
