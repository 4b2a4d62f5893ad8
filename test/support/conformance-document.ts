import type { OpenApi, Parameter, Schema } from './openapi-operations.js';

interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

/** An operation of the document, with all that is said of what it takes and answers. */
export interface Endpoint {
  id: string;
  method: string;
  path: string;
  permission: string;
  parameters: Parameter[];
  /** Examples of bodies by media type; empty where none is taken. */
  bodies: Record<string, unknown>;
  /** The schema of the body as JSON. */
  body?: Schema;
  /** Schemas by status, then by media type. */
  answers: Record<string, Record<string, Schema>>;
}

type Operation = {
  operationId: string;
  'x-permission'?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
};

/** An answer that goes on for as long as the client listens, or waits for a change. */
const ENDLESS = /\/watch$/;

/** Every operation of these kinds, by their paths. */
export function endpointsOf(document: OpenApi, kinds: readonly string[]): Endpoint[] {
  const rows = new RegExp(`^/api/v1/(${kinds.join('|')})(/|$)`);
  return Object.entries(document.paths)
    .filter(([path]) => rows.test(path) && !ENDLESS.test(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) =>
        endpoint(method.toUpperCase(), path, operation as unknown as Operation),
      ),
    );
}

function endpoint(method: string, path: string, operation: Operation): Endpoint {
  const content = operation.requestBody?.content ?? {};
  return {
    id: operation.operationId,
    method,
    path,
    permission: operation['x-permission'] ?? 'authenticated',
    parameters: operation.parameters ?? [],
    bodies: Object.fromEntries(Object.entries(content).map(([type, media]) => [type, exampleOf(media)])),
    body: content['application/json']?.schema,
    answers: Object.fromEntries(
      Object.entries(operation.responses).map(([status, answer]) => [
        status,
        Object.fromEntries(Object.entries(answer.content ?? {}).map(([type, { schema = {} }]) => [type, schema])),
      ]),
    ),
  };
}

const exampleOf = ({ example, examples }: Media): unknown => example ?? Object.values(examples ?? {})[0]?.value;

export const states = ({ answers }: Endpoint, status: number): boolean => String(status) in answers;

export const successesOf = ({ answers }: Endpoint): number[] =>
  Object.keys(answers)
    .filter((status) => status.startsWith('2'))
    .map(Number);

export const takes = ({ parameters }: Endpoint, place: string, name?: string): boolean =>
  parameters.some((one) => one.in === place && (name === undefined || one.name === name));
