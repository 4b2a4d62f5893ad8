/** Health propagation by hand: small, slow and obvious. */
export function healthModel() {
  const own = new Map<string, string>();
  const edges = new Map<string, [source: string, target: string, bidirectional: boolean]>();
  const needsOf = (id: string): string[] =>
    [...edges.values()].flatMap(([source, target, both]) => [
      ...(source === id ? [target] : []),
      ...(both && target === id ? [source] : []),
    ]);
  const reachesUnhealthy = (id: string): boolean => {
    const seen = new Set<string>();
    const open = needsOf(id);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (own.get(next) === 'unhealthy') return true;
      if (!seen.has(next)) open.push(...needsOf(next));
      seen.add(next);
    }
    return false;
  };
  return {
    add: (id: string): void => void own.set(id, 'unknown'),
    report: (id: string, status: string): void => void own.set(id, status),
    relate: (edge: string, source: string, target: string, both: boolean): void =>
      void edges.set(edge, [source, target, both]),
    dissolve: (edge: string): void => void edges.delete(edge),
    related: (a: string, b: string): boolean => [...edges.values()].some(([s, t]) => s === a && t === b),
    anyEdge: (at: number): string | undefined => [...edges.keys()][Math.floor(at * edges.size)],
    /** `[health, reported_health]` */
    healthOf: (id: string): [string, string | null] => {
      const mine = own.get(id)!;
      return mine !== 'unhealthy' && reachesUnhealthy(id) ? ['degraded', mine] : [mine, null];
    },
  };
}
