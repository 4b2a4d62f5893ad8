import { MOST_EVENTS, MOST_LINKS, MOST_NAME, put, storable } from '../span.js';
import type { AttributeValue, Attributes } from '../span.js';
import { jsonNumber } from './json-number.js';
import { isObject, items, member, opened } from './json-parts.js';
import type { JsonPart } from './json-parts.js';
import { RefusedSpan, timeOf } from './otlp-span.js';
import type { Origin, OtlpSpan } from './otlp-span.js';

const MOST_DEPTH = 8;
const MOST_ITEMS = 128;
const UINT64 = /^\d{1,20}$/;
const INT64 = /^-?\d{1,19}$/;

/**
 * The spans of an ExportTraceServiceRequest in OTLP's JSON (ids in hex, enums as numbers, 64 bits as texts or numbers, unknown
 * fields passed over), one after the other. What is wrong with a single span is told as {@link RefusedSpan} in its place.
 * @throws InvalidError where it is no such message
 */
export function* jsonSpans(body: Buffer): Generator<{ span: OtlpSpan | RefusedSpan; origin: Origin }> {
  for (const resourceSpans of items(opened(body), 'resourceSpans', 'resourceSpans')) {
    const resource = attributesOf(member(member(resourceSpans, 'resource'), 'attributes')).all;
    for (const scopeSpans of items(resourceSpans, 'scopeSpans', 'resourceSpans.scopeSpans')) {
      const scope = member(member(scopeSpans, 'scope'), 'name');
      const origin = { resource, scope: typeof scope === 'string' ? scope : '' };
      for (const span of items(scopeSpans, 'spans', 'resourceSpans.scopeSpans.spans'))
        yield { span: read(span), origin };
    }
  }
}

function read(part: JsonPart): OtlpSpan | RefusedSpan {
  try {
    return spanIn(part);
  } catch (error) {
    if (error instanceof RefusedSpan) return error;
    throw error;
  }
}

function spanIn(part: JsonPart): OtlpSpan {
  if (Buffer.isBuffer(part)) throw new RefusedSpan('a span is larger than 1 MiB');
  if (!isObject(part)) throw new RefusedSpan('a span must be an object');
  const { all, cut } = attributesOf(part.attributes);
  const events = listOf(part.events).filter(isObject);
  const links = listOf(part.links).filter(isObject);
  const status = isObject(part.status) ? part.status : {};
  return {
    traceId: textOf(part.traceId, 'traceId'),
    spanId: textOf(part.spanId, 'spanId'),
    parentSpanId: textOf(part.parentSpanId ?? '', 'parentSpanId'),
    name: textOf(part.name ?? '', 'name'),
    kind: typeof part.kind === 'number' ? part.kind : 0,
    start: timeIn(part.startTimeUnixNano, 'startTimeUnixNano'),
    end: timeIn(part.endTimeUnixNano, 'endTimeUnixNano'),
    attributes: all,
    events: events.slice(0, MOST_EVENTS).map((event) => ({
      name: typeof event.name === 'string' ? storable(event.name, MOST_NAME) : '',
      at: timeOf(timeIn(event.timeUnixNano ?? 0, 'timeUnixNano')),
      attributes: attributesOf(event.attributes).all,
    })),
    links: links.slice(0, MOST_LINKS).map((link) => ({
      trace_id: typeof link.traceId === 'string' ? storable(link.traceId, 32) : '',
      span_id: typeof link.spanId === 'string' ? storable(link.spanId, 16) : '',
      attributes: attributesOf(link.attributes).all,
    })),
    code: typeof status.code === 'number' ? status.code : 0,
    message: typeof status.message === 'string' ? status.message : '',
    cut: cut || events.length > MOST_EVENTS || links.length > MOST_LINKS,
  };
}

function textOf(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new RefusedSpan(`${field} must be a text`);
  return value;
}

function timeIn(value: unknown, field: string): bigint {
  if (typeof value === 'string' && UINT64.test(value)) return BigInt.asUintN(64, BigInt(value));
  if (typeof value === 'number' && value >= 0 && value < 2 ** 64) return BigInt(Math.trunc(value));
  throw new RefusedSpan(`${field} must be nanoseconds since 1970`);
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function attributesOf(list: unknown): { all: Attributes; cut: boolean } {
  const map = new Map<string, AttributeValue>();
  let cut = false;
  for (const pair of listOf(list)) {
    if (!isObject(pair) || typeof pair.key !== 'string') continue;
    cut = !put(map, pair.key, valueIn(pair.value, 0)) || cut;
  }
  return { all: Object.fromEntries(map), cut };
}

/** An AnyValue: an object with one field that says its type. */
function valueIn(any: unknown, depth: number): AttributeValue {
  if (!isObject(any)) return null;
  const { stringValue, boolValue, intValue, doubleValue, bytesValue } = any;
  if (typeof stringValue === 'string') return storable(stringValue);
  if (typeof boolValue === 'boolean') return boolValue;
  if (typeof intValue === 'number') return jsonNumber(intValue);
  if (typeof intValue === 'string') return INT64.test(intValue) ? jsonNumber(BigInt(intValue)) : null;
  if (typeof doubleValue === 'number') return jsonNumber(doubleValue);
  if (typeof doubleValue === 'string') return storable(doubleValue, 32);
  if (typeof bytesValue === 'string') return storable(bytesValue);
  if (isObject(any.arrayValue)) {
    if (depth >= MOST_DEPTH) return '[…]';
    return listOf(any.arrayValue.values)
      .slice(0, MOST_ITEMS)
      .map((value) => valueIn(value, depth + 1));
  }
  if (!isObject(any.kvlistValue)) return null;
  if (depth >= MOST_DEPTH) return '{…}';
  const map = new Map<string, AttributeValue>();
  for (const pair of listOf(any.kvlistValue.values).slice(0, MOST_ITEMS))
    if (isObject(pair) && typeof pair.key === 'string') put(map, pair.key, valueIn(pair.value, depth + 1));
  return Object.fromEntries(map);
}
