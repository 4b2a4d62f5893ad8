type Json = Record<string, unknown>;

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const ONE = ['items', 'additionalProperties', 'not'];
const MANY = ['allOf', 'anyOf', 'oneOf'];

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A schema of OpenAPI 3.0, which Nest writes, in the words of 3.1, which is plain JSON Schema 2020-12: `nullable` becomes
 * a type, boolean bounds become numbers, `example` becomes `examples`.
 */
export function schema31(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const { nullable, example, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const out: Json = { ...rest };
  for (const key of ONE) if (isObject(out[key])) out[key] = schema31(out[key]);
  for (const key of MANY) if (Array.isArray(out[key])) out[key] = (out[key] as unknown[]).map(schema31);
  if (isObject(out.properties))
    out.properties = Object.fromEntries(Object.entries(out.properties).map(([name, value]) => [name, schema31(value)]));
  bound(out, 'minimum', 'exclusiveMinimum', exclusiveMinimum);
  bound(out, 'maximum', 'exclusiveMaximum', exclusiveMaximum);
  if (example !== undefined && out.examples === undefined) out.examples = [example];
  return nullable === true ? withNull(out) : out;
}

function bound(schema: Json, inclusive: string, exclusive: string, value: unknown): void {
  if (typeof value === 'number') schema[exclusive] = value;
  else if (value === true && typeof schema[inclusive] === 'number') {
    schema[exclusive] = schema[inclusive];
    delete schema[inclusive];
  }
}

function withNull(schema: Json): Json {
  const { $ref, allOf, type, ...rest } = schema;
  if ($ref !== undefined) return { anyOf: [{ $ref }, { type: 'null' }], ...rest };
  if (Array.isArray(allOf) && type === undefined) {
    const inner = allOf.length === 1 ? allOf[0] : { allOf };
    return { anyOf: [inner, { type: 'null' }], ...rest };
  }
  if (Array.isArray(rest.enum) && !rest.enum.includes(null)) rest.enum = [...rest.enum, null];
  if (type === undefined) return schema;
  return { type: [...[type].flat(), 'null'], ...rest };
}

/** An example of a schema, put together from those of its parts; undefined where they do not make one. */
export function exampleOf(schema: unknown, components: Record<string, unknown>, depth = 0): unknown {
  if (!isObject(schema) || depth > 9) return undefined;
  if (typeof schema.$ref === 'string')
    return exampleOf(components[schema.$ref.slice('#/components/schemas/'.length)], components, depth + 1);
  if (Array.isArray(schema.examples)) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  for (const key of MANY) {
    const options = schema[key];
    if (Array.isArray(options)) return exampleOf(options[0], components, depth + 1);
  }
  return exampleByType(schema, components, depth);
}

function exampleByType(schema: Json, components: Record<string, unknown>, depth: number): unknown {
  const type = [schema.type].flat()[0];
  if (isObject(schema.properties)) {
    const entries = Object.entries(schema.properties).map(([name, part]) => [
      name,
      exampleOf(part, components, depth + 1),
    ]);
    const known = entries.filter(([, value]) => value !== undefined);
    return known.length > 0 ? Object.fromEntries(known) : undefined;
  }
  if (type === 'array') {
    const item = exampleOf(schema.items, components, depth + 1);
    return item === undefined ? undefined : [item];
  }
  return type === 'object' ? {} : undefined;
}
