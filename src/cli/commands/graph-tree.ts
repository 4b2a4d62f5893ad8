import { column, type View } from '../output/view.js';
import type { GraphAnswer, GraphNode } from '../views/graph-view.js';

/** An entry with its place in the picture: `├─ depends_on svc_payments`. */
export interface TreeRow extends GraphNode {
  branch: string;
}

export const treeRowView: View<TreeRow> = {
  fields: ['branch', 'id', 'key', 'type', 'title', 'status', 'health', 'distance'],
  columns: [
    column('ENTRY', 'branch'),
    column('TITLE', 'title'),
    column('STATUS', 'status', { state: true }),
    column('HEALTH', 'health', { state: true }),
    column('ID', 'id', { wide: true }),
  ],
  name: (row) => row.key,
};

interface Child {
  node: GraphNode;
  by: string;
}

/** Every entry once, below the one a shortest way leads over. */
export function treeRows({ nodes, edges }: GraphAnswer): TreeRow[] {
  const children = childrenOf(nodes, edges);
  const rows: TreeRow[] = [];
  const [root] = nodes;
  if (!root) return rows;
  rows.push({ ...root, branch: root.key });
  const put = (parent: GraphNode, indent: string): void => {
    const list = children.get(parent.id) ?? [];
    list.forEach(({ node, by }, index) => {
      const isLast = index === list.length - 1;
      rows.push({ ...node, branch: `${indent}${isLast ? '└─ ' : '├─ '}${by} ${node.key}` });
      put(node, indent + (isLast ? '   ' : '│  '));
    });
  };
  put(root, '');
  return rows;
}

function childrenOf(nodes: GraphAnswer['nodes'], edges: GraphAnswer['edges']): Map<string, Child[]> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const children = new Map<string, Child[]>();
  const placed = new Set<string>();
  const put = (parentId: string, childId: string, by: string): void => {
    const [parent, child] = [byId.get(parentId), byId.get(childId)];
    if (!parent || !child || placed.has(childId) || child.distance !== (parent.distance ?? 0) + 1) return;
    placed.add(childId);
    const list = children.get(parentId);
    if (list) list.push({ node: child, by });
    else children.set(parentId, [{ node: child, by }]);
  };
  for (const { source_id, target_id, type } of edges) {
    put(source_id, target_id, type);
    put(target_id, source_id, `← ${type}`);
  }
  // The same tree every time, whenever the relationships were made.
  for (const list of children.values()) list.sort((a, b) => (a.node.key < b.node.key ? -1 : 1));
  return children;
}
