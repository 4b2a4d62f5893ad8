import { MOST_NAME, SPAN_KINDS, bounded, storable } from '../span.js';
import type { Attributes, Span, SpanEvent, SpanLink } from '../span.js';

/** A span as either encoding of OTLP tells it. Ids in hex; times in Unix nanoseconds. */
export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  start: bigint;
  end: bigint;
  attributes: Attributes;
  events: SpanEvent[];
  links: SpanLink[];
  /** 2 is an error. */
  code: number;
  message: string;
  /** Something of it was too much and is left out. */
  cut: boolean;
}

/** What all spans of one origin have in common. */
export interface Origin {
  resource: Attributes;
  scope: string;
}

/** One span that cannot be taken; the others of its request can. */
export class RefusedSpan extends Error {}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
const ERROR = 2;
const CLIENT = SPAN_KINDS.indexOf('client');
const PRODUCER = SPAN_KINDS.indexOf('producer');
const DAY_US = 86_400_000_000;
const MOST_SERVICE = 255;
const MOST_MESSAGE = 1024;
const UNKNOWN = 'unknown_service';
/** By whom a client says it called, the best name first. */
const PEERS = ['peer.service', 'service.peer.name', 'server.address', 'net.peer.name', 'db.system.name', 'db.system'];

/**
 * A span to store. `days` is how long spans are kept: an older one would be found by nobody.
 * @throws RefusedSpan
 */
export function spanOf(span: OtlpSpan, { resource, scope }: Origin, days: number, now = Date.now()): Span {
  const traceId = span.traceId.toLowerCase();
  const spanId = span.spanId.toLowerCase();
  const parent = span.parentSpanId.toLowerCase();
  if (!TRACE_ID.test(traceId)) throw new RefusedSpan('traceId must be 32 hex digits that are not all 0');
  if (!SPAN_ID.test(spanId)) throw new RefusedSpan('spanId must be 16 hex digits that are not all 0');
  const start = startOf(span.start, days, now);
  const { kind, code, message, attributes, events, links } = span;
  return {
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: SPAN_ID.test(parent) && parent !== spanId ? parent : null,
    service: textOf(resource['service.name'], MOST_SERVICE) ?? UNKNOWN,
    name: storable(span.name, MOST_NAME),
    kind: kind in SPAN_KINDS ? kind : 0,
    start_us: start,
    // A clock that was set back in between.
    duration_us: Math.min(Math.max(Number((span.end - span.start) / 1000n), 0), days * DAY_US),
    failed: code === ERROR,
    route_id: null,
    peer: kind === CLIENT || kind === PRODUCER ? peerOf(attributes) : null,
    details: bounded({
      attributes,
      resource,
      ...(events.length > 0 && { events }),
      ...(links.length > 0 && { links }),
      ...(scope !== '' && { scope: storable(scope, MOST_NAME) }),
      ...(message !== '' && { message: storable(message, MOST_MESSAGE) }),
      ...(span.cut && { cut: true as const }),
    }),
  };
}

function startOf(start: bigint, days: number, now: number): number {
  const us = Number(start / 1000n);
  if (us > now * 1000 + DAY_US) throw new RefusedSpan('startTimeUnixNano is more than a day ahead');
  if (us < now * 1000 - days * DAY_US)
    throw new RefusedSpan(`startTimeUnixNano is older than the ${days} days that spans are kept`);
  return us;
}

function peerOf(attributes: Attributes): string | null {
  for (const name of PEERS) {
    const peer = textOf(attributes[name], MOST_SERVICE);
    if (peer !== undefined) return peer;
  }
  return null;
}

const textOf = (value: unknown, most: number): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? storable(value.trim(), most) : undefined;

/** RFC 3339 of Unix nanoseconds; what is no time a calendar has is its beginning. */
export function timeOf(nanoseconds: bigint): string {
  const ms = Number(nanoseconds / 1_000_000n);
  return new Date(ms >= 0 && ms < 253_402_300_800_000 ? ms : 0).toISOString();
}
