import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { VERSION } from '../env/version.js';
import { problemResponse } from './api-problem.decorator.js';
import { NDJSON } from './ndjson.js';
import { examplesAt } from './openapi-examples.js';
import { LIMIT_HEADERS, documentLimits } from './openapi-limits.js';
import { exampleOf, schema31 } from './openapi-schema.js';
import { PUBLIC } from './permission.decorator.js';
import { STREAMED } from './streamed-body.decorator.js';
import { Problem } from './problem.js';

type Json = Record<string, unknown>;
type Content = Record<string, { schema?: unknown; example?: unknown; examples?: Parameters<typeof examplesAt>[1] }>;
interface Answer {
  description?: string;
  content?: Content;
  headers?: Record<string, { schema?: unknown; $ref?: string; [key: string]: unknown }>;
}
interface Operation extends Json {
  security?: unknown[];
  parameters?: { schema?: unknown; [key: string]: unknown }[];
  requestBody?: { content?: Content };
  responses: Record<string, Answer>;
}

/** In the order of the document. */
const TAGS: Record<string, string> = {
  entities: 'The catalog: everything the registry knows is an entry, whatever its type.',
  relationships: 'How entries depend on, provide, contain and call each other.',
  graph: 'Walks over the relationships: dependencies, impact, neighbours, paths, cycles.',
  search: 'Finding entries by words and by meaning, with typos forgiven.',
  features:
    'Feature flags, what they answer and how they roll out; and the feature categories that entries are sorted into.',
  ofrep: 'The OpenFeature Remote Evaluation Protocol: flags for any OpenFeature SDK.',
  classification: 'The rules that sort entries into feature categories.',
  ai: 'What a text is, names and says: classification, extraction, summaries, tags, vectors.',
  registry: 'The same catalog in the words of an enterprise catalog; also under /api/v1/registry.',
  events: 'Every change, in order, once: by poll, by server-sent events, by WebSocket.',
  discovery: 'Finding what runs, in the words of others: Prometheus, Consul.',
  plugins: 'What extends the registry and its services: manifests, versions, dependencies, activation.',
  services: 'What runs and answers others: its lifecycle, instances and discovery.',
  engines: 'What works through workloads, with capacity that scales.',
  components: 'What services stand on: databases, caches, queues, storage, proxies.',
  registries: 'Registries within the registry, and their hierarchy.',
  config: 'Configuration values by scope: versions, transactions, drafts, secrets, watching.',
  grid: 'Who gets the next piece of work: balancing, heartbeats, topology, discovery of nodes.',
  'grid/nodes': 'The nodes of the grid: what is wanted of them and how they are.',
  mesh: 'How requests reach services: routes, splits, circuit breakers, the proxy, exports to other meshes.',
  'mesh/routes': 'The routes of the mesh.',
  traces: 'What became of requests: spans from OpenTelemetry and the proxy, as trees and as a map of calls.',
  xds: 'Envoy’s discovery service by REST: an Envoy runs from this registry.',
  gateway: 'Keys, tokens and permissions.',
  backup: 'Everything that the registry holds, to be kept elsewhere.',
  operations: 'Health, metrics and this documentation.',
};
const DESCRIPTION = `One place where an enterprise registers, finds, relates, runs and governs all its software.

Lists answer a bare array, at most \`limit\` rows, with \`Link: <…>; rel="next"\` while there is more. Resources carry a
\`revision\` and an \`ETag\`: send \`If-Match\` to change only what you have read. Every POST takes an \`Idempotency-Key\`.
Every error is \`application/problem+json\` with a stable \`code\` and the \`request_id\` under which the log knows it.
Every answer says in \`X-Registry-Version\` which version of the service gave it.`;

/** The OpenAPI 3.1 document of the whole application. */
export function createOpenApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Universal Registry')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This service')
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key: `ureg_…`, `svc_…` or `admin_…`.' },
      'api_key',
    )
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'A key, or a token from POST /api/v1/gateway/tokens.' },
      'bearer',
    );
  const document = SwaggerModule.createDocument(app, config.build(), { extraModels: [Problem], deepScanRoutes: true });
  return finished(
    document as unknown as Json & { paths: Record<string, Record<string, Operation>> },
  ) as unknown as OpenAPIObject;
}

function finished(document: Json & { paths: Record<string, Record<string, Operation>> }): Json {
  const components = document.components as { schemas: Json; headers?: Json };
  components.headers = { ...LIMIT_HEADERS };
  components.schemas = Object.fromEntries(
    Object.entries(components.schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, schema]) => [name, schema31(schema)]),
  );
  // RFC 9457: what a code has to tell beside stands beside.
  (components.schemas[Problem.name] as Json).additionalProperties = true;
  const used = new Set<string>();
  for (const operations of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if (method === 'post' && /^(write|admin):/.test(String(operation['x-permission']))) allowRepeats(operation);
      finish(operation, components.schemas);
      for (const tag of (operation.tags as string[] | undefined) ?? []) used.add(tag);
    }
  }
  const tags = [
    ...Object.keys(TAGS).filter((tag) => used.has(tag)),
    ...[...used].filter((tag) => !(tag in TAGS)).sort(),
  ];
  document.tags = tags.map((name) => ({ name, ...(TAGS[name] && { description: TAGS[name] }) }));
  document.paths = Object.fromEntries(Object.entries(document.paths).sort(([a], [b]) => (a < b ? -1 : 1)));
  return document;
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes a repeated request safe: within 24 hours the same key and body get the first answer again.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
};
const REPLAYED = {
  description: '`true` when this is the first answer to the same `Idempotency-Key`.',
  schema: { type: 'string', enum: ['true'] },
};

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` that was read: the change is made only if it is still the present one.',
  schema: { type: 'string' },
  example: '"3"',
};

/** Every POST that changes something may be repeated safely; one that streams says by `on_conflict` what is done again. */
function allowRepeats(operation: Operation): void {
  if (operation[STREAMED]) return;
  (operation.parameters ??= []).push(IDEMPOTENCY_KEY);
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (status.startsWith('2')) answer.headers = { ...answer.headers, 'Idempotent-Replayed': REPLAYED };
  }
  for (const status of [409, 422]) operation.responses[status] ??= problemResponse(status);
}

/** Adds what every operation of its sort can answer, and puts everything into the words of 3.1. */
function finish(operation: Operation, schemas: Json): void {
  const open = operation['x-permission'] === PUBLIC;
  if (open) operation.security = [];
  // What costs nothing is not counted.
  const counted = operation['x-cost'] === 0 ? [] : [429];
  // Who has words of its own for a bad request answers so whatever is wrong with its body.
  const unreadable = operation.responses['400']?.content?.['application/json'] ? [] : [400, 413, 415];
  const possible = [...(open ? [] : [401, 403, ...counted, 503]), ...(operation.requestBody ? unreadable : [])];
  for (const status of possible) operation.responses[status] ??= problemResponse(status);
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (Number(status) >= 400 && !answer.content) operation.responses[status] = problemResponse(Number(status));
    else finishContent(answer.content, schemas);
    for (const header of Object.values(answer.headers ?? {})) if (!header.$ref) header.schema = schema31(header.schema);
  }
  if (!open) documentLimits(operation.responses);
  if (operation.responses['412'] && !operation.parameters?.some(({ name }) => name === IF_MATCH.name))
    (operation.parameters ??= []).push(IF_MATCH);
  finishContent(operation.requestBody?.content, schemas);
  for (const parameter of operation.parameters ?? []) parameter.schema = schema31(parameter.schema);
}

function finishContent(content: Content | undefined, schemas: Json): void {
  for (const [type, media] of Object.entries(content ?? {})) {
    media.schema = schema31(media.schema);
    if (media.examples !== undefined) media.examples = examplesAt(type, media.examples);
    if (media.example === undefined && media.examples === undefined) {
      const example = exampleOf(media.schema, schemas);
      if (example !== undefined) media.example = example;
    }
    if (type === NDJSON && Array.isArray(media.example)) asLines(media, media.example);
  }
}

/** What is an array as JSON is text with one element a line as NDJSON. */
function asLines(media: Content[string], items: readonly unknown[]): void {
  media.schema = { type: 'string', contentMediaType: NDJSON, description: 'One JSON object a line.' };
  media.example = items.map((item) => `${JSON.stringify(item)}\n`).join('');
}
