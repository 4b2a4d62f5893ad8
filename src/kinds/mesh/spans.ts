/** One request that went through the mesh, or one try of it. Times in Unix milliseconds with fractions. */
export interface MeshSpan {
  /** 32 and 16 hex digits in lower case. */
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  /** `GET route_orders`, of a try `GET 10.0.0.1:8080`. */
  name: string;
  /** `server` of the whole request, `client` of each try of it. */
  kind: 'server' | 'client';
  /** Inside id of the route and its key. */
  routeId: string;
  route: string;
  /** Who did it: the mesh's proxy. */
  service: string;
  /** Key of the service it went to (of a try; null for a host:port) and its address. */
  peerService: string | null;
  peer: string | null;
  start: number;
  end: number;
  /** HTTP status; 0 without an answer. */
  status: number;
  error: string | null;
  attributes: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Takes what the proxy measured of sampled requests, all spans of one at once, in no order. Called on the hot path: it may
 * neither throw nor wait.
 */
export abstract class MeshSpans {
  abstract record(spans: readonly MeshSpan[]): void;
}
