import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { parse } from 'yaml';
import { RouteInventory } from '../../src/gateway/route-inventory.js';
import { createOpenApi } from '../../src/platform/http/openapi.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

interface Media {
  schema?: { $ref?: string };
  example?: unknown;
  examples?: unknown;
}
interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  'x-permission'?: string;
  'x-cost'?: number;
  parameters?: { name: string; in: string; description?: string; example?: unknown; schema: Record<string, unknown> }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
  tags: { name: string; description?: string }[];
}

/** The shipped document; whether it is fresh is one of the questions below. */
const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
);

/** Consul's clients are told in a line of text what is wrong. */
const CONSUL = /^[A-Z]+ \/v1\/(agent|catalog|health|kv|status)\b/;
const ALL_ERRORS = Array.from({ length: 200 }, (_, n) => String(400 + n));

/** Where a document is not the shipped one. Of its size, a matcher of whole documents takes seconds. */
function differing(other: Document): string[] {
  const parts = ({ paths, components, ...rest }: Document): Record<string, unknown> => ({
    ...rest,
    ...paths,
    ...components.schemas,
    securitySchemes: components.securitySchemes,
  });
  const [shipped, asked] = [parts(document), parts(other)];
  return [...new Set([...Object.keys(shipped), ...Object.keys(asked)])].filter(
    (name) => !isDeepStrictEqual(shipped[name], asked[name]),
  );
}

let service: TestApp;
beforeAll(async () => {
  service = await testApp();
});
afterAll(() => service.close());

describe('the OpenAPI document', () => {
  it('is what the service has: `npm run openapi` would change nothing', () => {
    expect(differing(JSON.parse(JSON.stringify(createOpenApi(service.app))) as Document)).toEqual([]);
  });

  it('is what the service serves, as JSON and YAML', async () => {
    expect(differing((await service.api.as(undefined).get('/docs-json')).body as Document)).toEqual([]);
    const yaml = await service.api.as(undefined).get('/docs-yaml');
    expect(yaml.headers.get('content-type')).toContain('application/yaml');
    expect(yaml.headers.get('content-encoding')).toBe('gzip');
    expect(yaml.body).toMatch(/^openapi: 3\.1\.0\n/);
    expect(differing(parse(yaml.body as unknown as string) as Document)).toEqual([]);
  });

  it('is valid OpenAPI 3.1, and every example fits its schema', async () => {
    const rules = {
      struct: 'error',
      'no-unresolved-refs': 'error',
      'no-identical-paths': 'error',
      'no-enum-type-mismatch': 'error',
      'no-invalid-media-type-examples': 'error',
      'no-invalid-schema-examples': 'error',
      'no-invalid-parameter-examples': 'error',
      'operation-operationId-unique': 'error',
      'operation-parameters-unique': 'error',
      'path-parameters-defined': 'error',
      'security-defined': 'error',
    } as const;
    const found = await lintFromString({
      source: JSON.stringify(document),
      absoluteRef: `${process.cwd()}/openapi.json`,
      config: await createConfig({ rules }),
    });
    expect(found.map(({ message, location }) => `${location[0].pointer}: ${message}`)).toEqual([]);
    expect(document.openapi).toBe('3.1.0');
  });

  it('uses none of the words that 3.1 dropped', () => {
    expect(JSON.stringify(document)).not.toMatch(/"nullable":|"exclusiveM(in|ax)imum":(true|false)/);
  });

  it('has every route of the service, with the permission it asks, and no other', () => {
    const routes = service.app
      .get(RouteInventory)
      .routes()
      .filter(({ place }) => !place.startsWith('DocsController.'))
      .map(
        ({ name, requirement }) =>
          `${name.replace(/(?<!\\)[:*](\w+)/g, '{$1}').replaceAll('\\', '')} for ${requirement}`,
      );
    const documented = operations.map(([name, { 'x-permission': asked }]) => `${name} for ${asked ?? 'authenticated'}`);
    expect(documented.sort()).toEqual(routes.sort());
  });

  it('describes every tag it uses, and uses every tag it describes', () => {
    const used = new Set(operations.flatMap(([, { tags }]) => tags ?? []));
    expect(document.tags.map(({ name }) => name).sort()).toEqual([...used].sort());
    for (const { name, description } of document.tags)
      expect({ name, described: (description ?? '').length > 10 }).toEqual({ name, described: true });
  });

  it('offers both credentials', () => {
    expect(Object.keys(document.components.securitySchemes).sort()).toEqual(['api_key', 'bearer']);
  });
});

describe.each(operations)('%s', (name, operation) => {
  const open = operation['x-permission'] === 'public';
  const answers = Object.entries(operation.responses);

  it('has an id, a summary and one tag', () => {
    expect(operation.operationId).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
    expect(operation.summary).toMatch(/^[A-Z].{8,}[^.]$/);
    expect(operation.tags).toHaveLength(1);
  });

  it('says whom it is open to', () => {
    expect(operation.security).toEqual(open ? [] : expect.arrayContaining([{ api_key: [] }, { bearer: [] }]));
  });

  it('has typed answers with examples', () => {
    const good = answers.filter(([status]) => status.startsWith('2'));
    expect(good.length).toBeGreaterThan(0);
    for (const [status, { description, content }] of good) {
      if (status === '204') expect(content).toBeUndefined();
      else
        for (const [type, { schema, example, examples }] of Object.entries(content ?? { nothing: {} }))
          expect({ status, type, schema, example: example ?? examples, description }).toEqual({
            status,
            type,
            schema: expect.any(Object),
            example: expect.anything(),
            description: expect.any(String),
          });
    }
  });

  it('has every error it can answer, as a problem', () => {
    // OFREP has bodies of its own for what is wrong with a question, and knows no status for it but these.
    const ofrep = name.startsWith('POST /ofrep/');
    const otlp = name === 'POST /v1/traces';
    // OTLP has one for every error, and so has Consul.
    const own = ofrep ? ['400', '404'] : otlp ? answers.map(([status]) => status) : name.startsWith('GET /health') ? ['503'] : CONSUL.test(name) ? ALL_ERRORS : []; // prettier-ignore
    const problems = answers.filter(([status]) => /^[45]/.test(status) && !own.includes(status));
    for (const [status, { content, description }] of problems)
      expect({ status, content, description }).toMatchObject({
        status,
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
            example: { status: Number(status) },
          },
        },
      });
    const statuses = answers.map(([status]) => Number(status)).filter((status) => status >= 400);
    const counted = operation['x-cost'] === 0 ? [] : [429];
    if (!open) expect(statuses).toEqual(expect.arrayContaining([401, 403, ...counted, 503]));
    if (operation.requestBody && !ofrep) expect(statuses).toEqual(expect.arrayContaining([400, 413, 415]));
    if (operation.parameters?.some(({ in: place }) => place === 'query')) expect(statuses).toContain(400);
    if (name.includes('{')) expect(statuses).toContain(404);
    expect(statuses).not.toContain(500);
  });

  it('has parameters and bodies with types and examples', () => {
    for (const { name: parameter, schema, example } of operation.parameters ?? [])
      expect({
        parameter,
        typed: schema.type !== undefined || schema.$ref !== undefined || schema.anyOf !== undefined,
        example: example ?? schema.examples ?? schema.enum ?? schema.default,
      }).toEqual({ parameter, typed: true, example: expect.anything() });
    for (const [type, { schema, example, examples }] of Object.entries(operation.requestBody?.content ?? {}))
      expect({ type, schema, example: example ?? examples }).toEqual({
        type,
        schema: expect.any(Object),
        example: expect.anything(),
      });
  });
});
