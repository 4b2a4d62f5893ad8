import { readFileSync } from 'node:fs';

/** As much of JSON Schema as the document uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  anyOf?: Schema[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  required?: string[];
  items?: Schema;
  examples?: unknown[];
  default?: unknown;
  maxLength?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
}

export interface OpenApi {
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, Schema> };
}

/**
 * The document as it is shipped. The service makes the same one (openapi.spec holds them equal), but takes seconds for it in
 * each process.
 */
export const shippedDocument = (): OpenApi => JSON.parse(readFileSync('openapi.json', 'utf8')) as OpenApi;

interface OperationObject {
  'x-permission'?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  example?: unknown;
  schema: Schema;
}

/** A field of a body, however deep. */
export interface Field {
  path: string[];
  schema: Schema;
}

export interface Body {
  type: string;
  /** An item of a list stands in it. */
  around: readonly [before: string, after: string];
  /** How answers begin the names of fields: `0.` for the first item of a list. */
  prefix: string;
  schema: Schema;
  fields: Field[];
}

export interface Operation {
  /** `POST /api/v1/entities`. */
  id: string;
  method: string;
  path: string;
  /** `public`, `authenticated`, or what the credential must hold. */
  permission: string;
  parameters: Parameter[];
  body?: Body;
}

/** Routes that the document leaves out: pages for people. */
const PAGES = ['/docs', '/redoc', '/docs-json', '/docs-yaml', '/docs/{file}'];

/** Bodies that a document cannot describe, by what an item of them is. */
const TEXT_BODIES: Record<string, { item: string; around: readonly [string, string] }> = {
  'POST /api/v1/entities/import': { item: 'EntryCreate', around: ['{"entries":[', ']}'] },
};

/** Every operation there is, with all that a client may put into it. */
export function operationsOf(document: OpenApi): Operation[] {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationOf(document, method.toUpperCase(), path, operation)),
  );
  const pages = PAGES.map((path) => {
    const parameters: Parameter[] = path.includes('{')
      ? [{ name: 'file', in: 'path', schema: { type: 'string', examples: ['swagger-ui.css'] } }]
      : [];
    return { id: `GET ${path}`, method: 'GET', path, permission: 'public', parameters };
  });
  return [...operations, ...pages];
}

function operationOf(document: OpenApi, method: string, path: string, operation: OperationObject): Operation {
  const id = `${method} ${path}`;
  const content = Object.entries(operation.requestBody?.content ?? {}).find(([type]) => type === 'application/json');
  return {
    id,
    method,
    path,
    permission: operation['x-permission'] ?? 'authenticated',
    parameters: (operation.parameters ?? []).map((parameter) => ({
      ...parameter,
      schema: resolved(document, parameter.schema),
    })),
    ...(content && { body: bodyOf(document, id, content[0], content[1].schema) }),
  };
}

function bodyOf(document: OpenApi, id: string, type: string, schema: Schema): Body {
  const text = TEXT_BODIES[id];
  const whole = resolved(document, text ? { $ref: `#/components/schemas/${text.item}` } : schema);
  const item = whole.type === 'array' ? resolved(document, whole.items!) : whole;
  const around = text?.around ?? (whole.type === 'array' ? (['[', ']'] as const) : (['', ''] as const));
  return { type, around, prefix: around[0] === '' ? '' : '0.', schema: item, fields: fieldsOf(document, item) };
}

/** What holds itself is entered once. */
function fieldsOf(
  document: OpenApi,
  { properties = {} }: Schema,
  parents: string[] = [],
  around: readonly object[] = [],
): Field[] {
  if (around.includes(properties)) return [];
  return Object.entries(properties).flatMap(([name, property]) => {
    const field = { path: [...parents, name], schema: resolved(document, property) };
    return [field, ...fieldsOf(document, field.schema, field.path, [...around, properties])];
  });
}

/** Follows references; of "an object or null" the object, which takes null too. */
function resolved(document: OpenApi, schema: Schema): Schema {
  if (schema.$ref) return resolved(document, document.components.schemas[schema.$ref.split('/').at(-1)!]);
  if (!schema.anyOf) return schema;
  const [first, ...others] = schema.anyOf.map((one) => resolved(document, one));
  return { ...first, type: [first, ...others].flatMap(({ type }) => type ?? []) };
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** Whether a value is none the schema allows: then the answer must be 400. Patterns are not looked at: servers trim. */
export function forbids(schema: Schema, value: unknown): boolean {
  const types = [schema.type ?? []].flat();
  const type = typeOf(value);
  if (types.length === 0) return false;
  if (!types.includes(type) && !(type === 'number' && types.includes('integer'))) return true;
  if (typeof value === 'number') return forbidsNumber(schema, types, value);
  if (typeof value === 'string') return forbidsText(schema, value);
  return Array.isArray(value) && forbidsList(schema, value);
}

function forbidsNumber({ minimum = -Infinity, maximum = Infinity }: Schema, types: string[], value: number): boolean {
  return value < minimum || value > maximum || (!types.includes('number') && !Number.isInteger(value));
}

function forbidsText(schema: Schema, value: string): boolean {
  if (schema.maxLength !== undefined && [...value.trim()].length > schema.maxLength) return true;
  return schema.enum !== undefined && !schema.enum.includes(value.trim().toLowerCase());
}

function forbidsList({ maxItems = Infinity, items }: Schema, values: unknown[]): boolean {
  return values.length > maxItems || (items !== undefined && values.some((value) => forbids(items, value)));
}

/** Whether a parameter's text is none its schema allows. Lists are repeated or separated by commas, so only scalars. */
export function forbidsParameter(schema: Schema, text: string): boolean {
  if (schema.type === 'integer') {
    return !/^-?\d{1,15}$/.test(text) || forbids(schema, Number(text));
  }
  return schema.type === 'string' && forbids(schema, text);
}
