/** Where everything needs everything there are as many cycles as edges: beyond these only their two ends are given. */
const WHOLE_CYCLES = 100;

/**
 * Walks a graph depth first, without recursion. `order` has every node after all it needs, unless they are in a cycle;
 * each of `cycles` begins and ends with the same node. Nodes that only occur as needs are left out.
 */
export function dependencyOrder(
  nodes: Iterable<string>,
  needsOf: (node: string) => readonly string[] | undefined,
): { order: string[]; cycles: string[][] } {
  const order: string[] = [];
  const cycles: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const root of nodes) {
    if (state.has(root)) continue;
    const path: { node: string; needs: readonly string[]; next: number }[] = [];
    const enter = (node: string, needs: readonly string[]): void => {
      state.set(node, 'open');
      path.push({ node, needs, next: 0 });
    };
    enter(root, needsOf(root) ?? []);
    while (path.length > 0) {
      const top = path.at(-1)!;
      if (top.next === top.needs.length) {
        state.set(top.node, 'done');
        order.push(top.node);
        path.pop();
        continue;
      }
      const need = top.needs[top.next++];
      const needs = needsOf(need);
      if (state.get(need) === 'open') {
        const begin = cycles.length < WHOLE_CYCLES ? path.findIndex(({ node }) => node === need) : 0;
        const between = cycles.length < WHOLE_CYCLES ? path.slice(begin).map(({ node }) => node) : [need, top.node];
        cycles.push([...between, need]);
      } else if (needs && !state.has(need)) enter(need, needs);
    }
  }
  return { order, cycles };
}
