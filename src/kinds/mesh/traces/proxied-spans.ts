import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { MeshSpans } from '../spans.js';
import type { MeshSpan } from '../spans.js';
import { MOST_NAME, SPAN_KINDS, bounded, storable } from './span.js';
import type { Attributes, Span } from './span.js';
import { SpanWriter } from './span-writer.js';

const FLUSH_MS = 500;
const MOST_A_WRITE = 1000;
/** What comes on top while the database is slow or away is lost, and counted. */
const MOST_WAITING = 10_000;

/** Keeps what the mesh's own proxy measured: gathered in memory, written twice a second. */
@Injectable()
export class ProxiedSpans extends MeshSpans implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private waiting: Span[] = [];
  private lost = 0;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly writer: SpanWriter,
    private readonly jobs: Jobs,
    logger: Logger,
  ) {
    super();
    this.logger = logger.child('traces');
  }

  onModuleInit(): void {
    this.jobs.every('proxied-spans', FLUSH_MS, () => this.flush());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush().catch((err: unknown) => this.logger.warn({ err }, 'the last spans could not be stored'));
  }

  record(spans: readonly MeshSpan[]): void {
    if (this.waiting.length + spans.length > MOST_WAITING) this.lost += spans.length;
    else for (const span of spans) this.waiting.push(toSpan(span));
  }

  /** Writes what has gathered; what cannot be written now is written the next time. One at a time, or some were lost. */
  flush(): Promise<void> {
    this.flushing = this.flushing.catch(() => undefined).then(() => this.writeAll());
    return this.flushing;
  }

  private async writeAll(): Promise<void> {
    if (this.lost > 0) this.logger.warn({ spans: this.lost }, 'spans of the proxy were lost: they came too fast');
    this.lost = 0;
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, MOST_A_WRITE);
      await this.writer.write(batch);
      this.waiting.splice(0, batch.length);
    }
  }
}

function toSpan(span: MeshSpan): Span {
  const { traceId, spanId, parentSpanId, name, kind, routeId, route, service, status, error } = span;
  const attributes: Attributes = { ...span.attributes, 'ureg.route': route };
  if (status > 0) attributes['http.response.status_code'] = status;
  if (span.peer !== null) attributes['server.address'] = span.peer;
  if (span.peerService !== null) attributes['ureg.service'] = span.peerService;
  return {
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: parentSpanId,
    service,
    name: storable(name, MOST_NAME),
    kind: SPAN_KINDS.indexOf(kind),
    start_us: Math.round(span.start * 1000),
    duration_us: Math.max(0, Math.round((span.end - span.start) * 1000)),
    failed: error !== null || status >= 500,
    route_id: routeId,
    peer: span.peerService === null ? span.peer : nameOf(span.peerService),
    details: bounded({ attributes, resource: { 'service.name': service }, ...(error !== null && { message: error }) }),
  };
}

/** Telemetry knows a service by its name, not by its key. */
const nameOf = (key: string): string => key.replace(/^svc_/, '').replace(/@.*$/, '');
