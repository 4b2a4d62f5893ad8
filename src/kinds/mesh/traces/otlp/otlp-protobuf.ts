import { MOST_EVENTS, MOST_LINKS, MOST_NAME, put, storable } from '../span.js';
import type { AttributeValue, Attributes } from '../span.js';
import { timeOf } from './otlp-span.js';
import type { Origin, OtlpSpan } from './otlp-span.js';
import { jsonNumber } from './json-number.js';
import { bytesOf, doubleOf, fieldsOf, fixed64Of, int32Of, int64Of, textOf } from './protobuf-fields.js';
import type { WireField } from './protobuf-fields.js';

const MOST_DEPTH = 8;
const MOST_ITEMS = 128;
const MOST_TEXT = 4096;
const MOST_KEY = 256;

/**
 * The spans of an ExportTraceServiceRequest (opentelemetry/proto/collector/trace/v1), one after the other: a request of many
 * megabytes is never in memory as objects. Unknown fields are passed over.
 * @throws InvalidError where it is no such message
 */
export function* protobufSpans(body: Buffer): Generator<{ span: OtlpSpan; origin: Origin }> {
  for (const field of fieldsOf(body)) {
    if (field.number !== 1) continue;
    const spans = bytesOf(field);
    const resource = resourceOf(spans);
    for (const inner of fieldsOf(spans)) if (inner.number === 2) yield* scopeSpans(bytesOf(inner), resource);
  }
}

function* scopeSpans(bytes: Buffer, resource: Attributes): Generator<{ span: OtlpSpan; origin: Origin }> {
  const origin = { resource, scope: scopeOf(bytes) };
  for (const field of fieldsOf(bytes)) if (field.number === 2) yield { span: spanIn(bytesOf(field)), origin };
}

/** It may stand behind the spans it is for. */
function resourceOf(bytes: Buffer): Attributes {
  const attributes = new Attributed();
  for (const field of fieldsOf(bytes))
    if (field.number === 1) for (const inner of fieldsOf(bytesOf(field))) if (inner.number === 1) attributes.add(inner);
  return attributes.all;
}

function scopeOf(bytes: Buffer): string {
  let scope = '';
  for (const field of fieldsOf(bytes))
    if (field.number === 1)
      for (const inner of fieldsOf(bytesOf(field))) if (inner.number === 1) scope = textOf(inner, MOST_NAME);
  return scope;
}

function spanIn(bytes: Buffer): OtlpSpan {
  const attributes = new Attributed();
  const span: OtlpSpan = {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    kind: 0,
    start: 0n,
    end: 0n,
    attributes: {},
    events: [],
    links: [],
    code: 0,
    message: '',
    cut: false,
  };
  for (const field of fieldsOf(bytes)) readSpanField(field, span, attributes);
  span.attributes = attributes.all;
  span.cut ||= attributes.cut;
  return span;
}

function readSpanField(field: WireField, span: OtlpSpan, attributes: Attributed): void {
  switch (field.number) {
    case 1:
      span.traceId = bytesOf(field).toString('hex', 0, 32);
      break;
    case 2:
      span.spanId = bytesOf(field).toString('hex', 0, 32);
      break;
    case 4:
      span.parentSpanId = bytesOf(field).toString('hex', 0, 32);
      break;
    case 5:
      span.name = textOf(field, MOST_NAME);
      break;
    case 6:
      span.kind = int32Of(field);
      break;
    case 7:
      span.start = fixed64Of(field);
      break;
    case 8:
      span.end = fixed64Of(field);
      break;
    case 9:
      attributes.add(field);
      break;
    case 11:
      if (span.events.length < MOST_EVENTS) span.events.push(eventIn(bytesOf(field)));
      else span.cut = true;
      break;
    case 13:
      if (span.links.length < MOST_LINKS) span.links.push(linkIn(bytesOf(field)));
      else span.cut = true;
      break;
    case 15:
      for (const inner of fieldsOf(bytesOf(field))) {
        if (inner.number === 2) span.message = textOf(inner, MOST_TEXT);
        if (inner.number === 3) span.code = int32Of(inner);
      }
      break;
    default:
  }
}

function eventIn(bytes: Buffer): OtlpSpan['events'][number] {
  const attributes = new Attributed();
  let name = '';
  let at = 0n;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) at = fixed64Of(field);
    if (field.number === 2) name = textOf(field, MOST_NAME);
    if (field.number === 3) attributes.add(field);
  }
  return { name: storable(name), at: timeOf(at), attributes: attributes.all };
}

function linkIn(bytes: Buffer): OtlpSpan['links'][number] {
  const attributes = new Attributed();
  const ids = { trace_id: '', span_id: '' };
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) ids.trace_id = bytesOf(field).toString('hex', 0, 16);
    if (field.number === 2) ids.span_id = bytesOf(field).toString('hex', 0, 8);
    if (field.number === 4) attributes.add(field);
  }
  return { ...ids, attributes: attributes.all };
}

/** Collects KeyValue messages. */
class Attributed {
  private readonly map = new Map<string, AttributeValue>();
  cut = false;

  add(field: WireField): void {
    let key = '';
    let value: AttributeValue = null;
    for (const inner of fieldsOf(bytesOf(field))) {
      if (inner.number === 1) key = textOf(inner, MOST_KEY);
      if (inner.number === 2) value = valueIn(bytesOf(inner), 0);
    }
    if (!put(this.map, key, value)) this.cut = true;
  }

  get all(): Attributes {
    return Object.fromEntries(this.map);
  }
}

/** An AnyValue. */
function valueIn(bytes: Buffer, depth: number): AttributeValue {
  let value: AttributeValue = null;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) value = storable(textOf(field, MOST_TEXT));
    if (field.number === 2) value = int32Of(field) !== 0;
    if (field.number === 3) value = jsonNumber(int64Of(field));
    if (field.number === 4) value = jsonNumber(doubleOf(field));
    if (field.number === 5) value = depth < MOST_DEPTH ? listIn(bytesOf(field), depth + 1) : '[…]';
    if (field.number === 6) value = depth < MOST_DEPTH ? mapIn(bytesOf(field), depth + 1) : '{…}';
    if (field.number === 7) value = bytesOf(field).toString('base64', 0, MOST_TEXT);
  }
  return value;
}

function listIn(bytes: Buffer, depth: number): AttributeValue[] {
  const values: AttributeValue[] = [];
  for (const field of fieldsOf(bytes)) {
    if (values.length === MOST_ITEMS) break;
    if (field.number === 1) values.push(valueIn(bytesOf(field), depth));
  }
  return values;
}

function mapIn(bytes: Buffer, depth: number): Attributes {
  const map = new Map<string, AttributeValue>();
  for (const field of fieldsOf(bytes)) {
    if (map.size === MOST_ITEMS) break;
    if (field.number !== 1) continue;
    let key = '';
    let value: AttributeValue = null;
    for (const inner of fieldsOf(bytesOf(field))) {
      if (inner.number === 1) key = textOf(inner, MOST_KEY);
      if (inner.number === 2) value = valueIn(bytesOf(inner), depth);
    }
    put(map, key, value);
  }
  return Object.fromEntries(map);
}
