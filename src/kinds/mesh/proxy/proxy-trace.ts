import { randomBytes } from 'node:crypto';
import type { MeshSettings } from '../settings/mesh-settings.js';
import type { MeshSpan } from '../spans.js';
import type { CompiledRoute } from '../table/compiled-route.js';
import type { Endpoint } from '../choice/endpoints.js';
import { drawOf } from '../choice/hash.js';
import type { TraceAllowance } from './trace-allowance.js';

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})/;
const SAMPLED = 1;
const SERVICE = 'universal-registry-mesh';

const idOf = (bytes: number): string => randomBytes(bytes).toString('hex');
/** Unix milliseconds with fractions. */
const now = (): number => performance.timeOrigin + performance.now();

/** The spans of one request: one of the whole, and one of each try. */
export class ProxyTrace {
  private readonly spans: MeshSpan[] = [];
  private readonly spanId = idOf(8);
  private readonly start = now();

  private constructor(
    private readonly route: CompiledRoute,
    private readonly request: { method: string; path: string },
    private readonly traceId: string,
    private readonly parentSpanId: string | null,
  ) {}

  /** Undefined where nothing is traced: a `traceparent` is passed on as it came then. */
  static of(
    route: CompiledRoute,
    request: { method: string; path: string; requestId: string; traceparent: string | undefined },
    { tracing }: MeshSettings,
    allowance: TraceAllowance,
  ): ProxyTrace | undefined {
    if (!tracing.enabled) return undefined;
    const given = TRACEPARENT.exec(request.traceparent ?? '');
    const sampled = given
      ? (Number.parseInt(given[3], 16) & SAMPLED) === SAMPLED
      : drawOf(`${request.requestId}\ntrace`) * 100 < tracing.samplePercent;
    return sampled && allowance.take(tracing.perSecond)
      ? new ProxyTrace(route, request, given?.[1] ?? idOf(16), given?.[2] ?? null)
      : undefined;
  }

  /** A try begins: what is sent as `traceparent`, and what ends it. */
  begin(endpoint: Endpoint, attempt: number): { traceparent: string; end: (status: number, error?: string) => void } {
    const [spanId, start] = [idOf(8), now()];
    return {
      traceparent: `00-${this.traceId}-${spanId}-01`,
      end: (status, error) => {
        const attributes = { 'http.request.resend_count': attempt, 'server.address': endpoint.host, 'server.port': endpoint.port }; // prettier-ignore
        this.add({ spanId, parentSpanId: this.spanId, kind: 'client', start, status, error, endpoint, attributes });
      },
    };
  }

  /** Of the whole request; all its spans, once. */
  end(status: number, error?: string): MeshSpan[] {
    this.add({ spanId: this.spanId, parentSpanId: this.parentSpanId, kind: 'server', start: this.start, status, error, attributes: {} }); // prettier-ignore
    return this.spans.splice(0);
  }

  private add(
    span: Pick<MeshSpan, 'spanId' | 'parentSpanId' | 'kind' | 'start' | 'status' | 'attributes'> & {
      error?: string;
      endpoint?: Endpoint;
    },
  ): void {
    const { endpoint, error, attributes, ...rest } = span;
    const { method, path } = this.request;
    const { row } = this.route;
    this.spans.push({
      ...rest,
      traceId: this.traceId,
      name: `${method} ${endpoint ? endpoint.key.replace(/^https?:\/\//, '') : row.key}`,
      routeId: row.id,
      route: row.key,
      service: SERVICE,
      peerService: endpoint?.service ?? null,
      peer: endpoint ? `${endpoint.host}:${endpoint.port}` : null,
      end: now(),
      error: error ?? null,
      attributes: { 'http.request.method': method, 'url.path': path, 'http.response.status_code': rest.status, ...attributes }, // prettier-ignore
    });
  }
}
