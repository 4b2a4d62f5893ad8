import type { SpanRow } from './span.repository.js';
import { SPAN_KINDS } from './span.js';
import type { MeshTraceSpan } from './trace.dto.js';

/** Deeper ones are told beside each other: nobody reads further, and readers of JSON have an end too. */
const MOST_DEPTH = 200;

/**
 * Spans as trees. A span whose parent is not among them is a root, and so is the earliest of those that are each other's
 * parents, as broken clients send them.
 */
export function treesOf(rows: readonly SpanRow[]): MeshTraceSpan[] {
  const began = rows.reduce((least, { start_ms }) => Math.min(least, start_ms), Infinity);
  const nodes = new Map(rows.map((row) => [row.span_id, nodeOf(row, began)]));
  const childrenOf = new Map<string, MeshTraceSpan[]>();
  const roots: MeshTraceSpan[] = [];
  for (const node of nodes.values()) {
    const parent = node.parent_span_id;
    if (parent !== null && nodes.has(parent)) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), node]);
    else roots.push({ ...node, parent_missing: parent !== null });
  }
  const placed = new Set<string>();
  for (const root of roots) grow(root, childrenOf, placed);
  for (const node of nodes.values()) {
    if (placed.has(node.span_id)) continue;
    roots.push(node);
    grow(node, childrenOf, placed);
  }
  return roots;
}

function grow(root: MeshTraceSpan, childrenOf: ReadonlyMap<string, MeshTraceSpan[]>, placed: Set<string>): void {
  placed.add(root.span_id);
  const open: { node: MeshTraceSpan; into: MeshTraceSpan; depth: number }[] = [{ node: root, into: root, depth: 1 }];
  while (open.length > 0) {
    const { node, into, depth } = open.pop()!;
    const children = (childrenOf.get(node.span_id) ?? []).filter(({ span_id }) => !placed.has(span_id));
    for (const child of children) {
      placed.add(child.span_id);
      into.children.push(child);
      open.push({ node: child, into: depth < MOST_DEPTH ? child : into, depth: depth + 1 });
    }
    node.self_ms = selfOf(node, children);
  }
}

/** What of a span's time none of its children covers. */
function selfOf({ offset_ms, duration_ms }: MeshTraceSpan, children: readonly MeshTraceSpan[]): number {
  let covered = 0;
  let at = offset_ms;
  const end = offset_ms + duration_ms;
  for (const child of children.toSorted((a, b) => a.offset_ms - b.offset_ms)) {
    const from = Math.max(child.offset_ms, at);
    const to = Math.min(child.offset_ms + child.duration_ms, end);
    if (to <= from) continue;
    covered += to - from;
    at = to;
  }
  return rounded(duration_ms - covered);
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

function nodeOf(row: SpanRow, began: number): MeshTraceSpan {
  const { attributes, resource, events = [], links = [], scope = null, message = null } = row.details;
  return {
    span_id: row.span_id,
    parent_span_id: row.parent_span_id,
    parent_missing: false,
    service: row.service,
    name: row.name,
    kind: SPAN_KINDS[row.kind],
    started_at: row.started_at.toISOString(),
    offset_ms: rounded(row.start_ms - began),
    duration_ms: rounded(row.duration_ms),
    self_ms: rounded(row.duration_ms),
    error: row.failed,
    message,
    route: row.route,
    peer: row.peer,
    scope,
    attributes,
    resource,
    events,
    links,
    children: [],
  };
}
