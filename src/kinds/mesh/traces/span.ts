/** OpenTelemetry's kinds, by number. */
export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

/** A value of an attribute as JSON has it; what is no number in JSON (NaN, 64 bits) is its text. */
export type AttributeValue = string | number | boolean | null | AttributeValue[] | { [key: string]: AttributeValue };
export type Attributes = Record<string, AttributeValue>;

export interface SpanEvent {
  name: string;
  /** RFC 3339. */
  at: string;
  attributes: Attributes;
}

export interface SpanLink {
  trace_id: string;
  span_id: string;
  attributes: Attributes;
}

/** What is told of a span and never asked for by. */
export interface SpanDetails {
  attributes: Attributes;
  resource: Attributes;
  events?: SpanEvent[];
  links?: SpanLink[];
  scope?: string;
  message?: string;
  /** Whether something of it was too much to keep. */
  cut?: true;
}

/** A span as it is stored. Ids in lower-case hex. */
export interface Span {
  trace_id: string;
  span_id: string;
  parent_span_id: string | null;
  service: string;
  name: string;
  /** Index into {@link SPAN_KINDS}. */
  kind: number;
  /** Unix microseconds. */
  start_us: number;
  duration_us: number;
  failed: boolean;
  /** Inside id of the mesh route it went by. */
  route_id: string | null;
  /** Whom a client called, where the span names it. */
  peer: string | null;
  details: SpanDetails;
}

export const MOST_NAME = 512;
const MOST_KEY = 256;
const MOST_TEXT = 4096;
export const MOST_ATTRIBUTES = 128;
export const MOST_EVENTS = 64;
export const MOST_LINKS = 64;
const MOST_DETAILS = 64 * 1024;

/** A text that PostgreSQL stores: without NUL, in whole code points, of at most so many characters. */
export const storable = (text: string, most = MOST_TEXT): string =>
  text.slice(0, most).toWellFormed().replaceAll('\0', '\uFFFD');

/** Puts an attribute in unless there are too many. Answers whether it had room. */
export function put(attributes: Map<string, AttributeValue>, key: string, value: AttributeValue): boolean {
  const name = storable(key, MOST_KEY);
  if (attributes.size >= MOST_ATTRIBUTES && !attributes.has(name)) return false;
  attributes.set(name, value);
  return true;
}

/** Bounds what is kept of one span: first its events and links go, then its attributes. */
export function bounded(details: SpanDetails): SpanDetails {
  if (JSON.stringify(details).length <= MOST_DETAILS) return details;
  const { attributes, resource, scope, message } = details;
  const less: SpanDetails = { attributes, resource, scope, message, cut: true };
  if (JSON.stringify(less).length <= MOST_DETAILS) return less;
  return { attributes: {}, resource: {}, scope, message, cut: true };
}
