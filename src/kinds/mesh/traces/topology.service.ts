import { Injectable } from '@nestjs/common';
import { MOST_SPANS, TopologyRepository } from './topology.repository.js';
import type { CallRow } from './topology.repository.js';
import type { MeshTopology, MeshTopologyEdge, MeshTopologyNode } from './trace.dto.js';

/** Draws the map of who calls whom. */
@Injectable()
export class Topology {
  constructor(private readonly repository: TopologyRepository) {}

  async ofLast(seconds: number, now = new Date()): Promise<MeshTopology> {
    const from = new Date(now.getTime() - seconds * 1000);
    const { calls, spans } = await this.repository.calls(from, now);
    const names = new Set(calls.flatMap(({ source, target }) => (source === null ? [target] : [source, target])));
    const known = await this.repository.catalogued([...names]);
    const shown = (name: string): boolean => known.get(name.toLowerCase()) !== null;
    const served = new Map(calls.filter(({ source }) => source === null).map((call) => [call.target, call]));
    return {
      from: from.toISOString(),
      to: now.toISOString(),
      spans,
      complete: spans < MOST_SPANS,
      nodes: [...names]
        .filter(shown)
        .toSorted()
        .map((name) => nodeOf(name, known.get(name.toLowerCase()) ?? null, served.get(name), seconds)),
      edges: calls
        .filter(({ source, target }) => source !== null && shown(source) && shown(target))
        .map((call) => edgeOf(call, seconds)),
    };
  }
}

function nodeOf(service: string, key: string | null, served: CallRow | undefined, seconds: number): MeshTopologyNode {
  const requests = served?.calls ?? 0;
  const errors = served?.errors ?? 0;
  return {
    service,
    key,
    requests,
    errors,
    error_rate: requests === 0 ? 0 : rounded(errors / requests),
    requests_per_second: rounded(requests / seconds),
    avg_ms: served ? rounded(served.avg_ms) : null,
    p95_ms: served ? rounded(served.p95_ms) : null,
  };
}

const edgeOf = ({ source, target, calls, errors, avg_ms, p95_ms }: CallRow, seconds: number): MeshTopologyEdge => ({
  source: source!,
  target,
  calls,
  errors,
  error_rate: rounded(errors / calls),
  calls_per_second: rounded(calls / seconds),
  avg_ms: rounded(avg_ms),
  p95_ms: rounded(p95_ms),
});

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
