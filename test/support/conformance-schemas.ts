import ajv2020 from '@redocly/ajv/dist/2020.js';
import type { ValidateFunction } from '@redocly/ajv/dist/2020.js';
import { parseAllDocuments } from 'yaml';
import type { Answer } from './api-client.js';
import type { Endpoint } from './conformance-document.js';
import type { OpenApi, Schema } from './openapi-operations.js';

const FORMATS: Record<string, RegExp> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  'uri-reference': /^\S+$/,
};

/**
 * Judges answers by the document. What an object has beside the properties that are named for it is wrong, unless
 * `additionalProperties` says otherwise: so the document is complete.
 */
export class AnswerSchemas {
  private readonly ajv = new ajv2020.default({ strict: false, allErrors: true, inlineRefs: false });
  private readonly compiled = new Map<Schema, ValidateFunction>();

  constructor(document: OpenApi) {
    for (const [name, format] of Object.entries(FORMATS)) this.ajv.addFormat(name, format);
    for (const other of ['int64', 'int32', 'double', 'float', 'uri', 'date', 'binary', 'ipv4', 'ipv6'])
      this.ajv.addFormat(other, true);
    this.ajv.addSchema({ $id: 'document', components: { schemas: eachOf(document.components.schemas, closed) } });
  }

  /** What is wrong with an answer, in words; nothing when it is one that is stated. */
  complaints(endpoint: Endpoint, answer: Answer): string[] {
    const stated = endpoint.answers[answer.status];
    if (!stated) return [`answers ${answer.status}, which is not stated: ${JSON.stringify(answer.body).slice(0, 300)}`];
    const type = (answer.headers.get('content-type') ?? '').split(';')[0];
    if (Object.keys(stated).length === 0) return answer.body === '' ? [] : [`${answer.status} has a body`];
    const schema = stated[type];
    if (!schema) return [`${answer.status} is ${type || 'nothing'}, stated are ${Object.keys(stated).join(', ')}`];
    const lines = linesOf(type, schema, answer.body);
    // The document names what lines of all kinds have in common.
    const wrong = lines
      ? lines.flatMap((line) => this.wrongs(schema, line)).filter((one) => !one.includes('NOT have additional'))
      : this.wrongs(schema, valueOf(type, schema, answer.body));
    return wrong.map((one) => `${answer.status}: ${one}`);
  }

  private wrongs(schema: Schema, value: unknown): string[] {
    const validate = this.compiled.get(schema) ?? this.ajv.compile(closed(schema) as object);
    this.compiled.set(schema, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || 'the body'} ${message} ${JSON.stringify(params)}`,
    );
  }
}

/** Text stays text where the document says so; YAML of anything else is read. */
function valueOf(type: string, { type: stated }: Schema, body: unknown): unknown {
  if (stated === 'string') return typeof body === 'string' ? body : JSON.stringify(body);
  return type === 'application/yaml' ? parseAllDocuments(String(body))[0].toJS() : body;
}

/** Lines of JSON, unless the document says nothing of them but that they are text. */
const linesOf = (type: string, schema: Schema, body: unknown): unknown[] | undefined =>
  type === 'application/x-ndjson' && schema.type !== 'string' && typeof body === 'string'
    ? body
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line))
    : undefined;

/** The schema with references into the document, and with no room for what it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { examples: _, example: __, $ref, properties, ...rest } = schema as Record<string, unknown>;
  const out = {
    ...eachOf(rest, closed),
    ...(typeof $ref === 'string' && { $ref: `document${$ref}` }),
    ...(properties !== undefined && { properties: eachOf(properties as object, closed) }),
  };
  const open = properties === undefined || 'additionalProperties' in rest;
  return open ? out : { ...out, additionalProperties: false };
}

const eachOf = (object: object, change: (value: unknown) => unknown): object =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
