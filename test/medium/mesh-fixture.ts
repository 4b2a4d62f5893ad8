import type { Answer, ApiClient, Json } from '../support/api-client.js';

export const ROUTES = '/api/v1/mesh/routes';
export const MESH = '/api/v1/mesh';
let made = 0;

/** A route of a new name, to one address unless it says otherwise. */
export async function aRoute(api: ApiClient, fields: object = {}): Promise<Json> {
  const destinations = [{ host: '127.0.0.1', port: 9 }];
  return ok(await api.post(ROUTES, { name: `route-${process.pid}-${++made}`, destinations, ...fields }), 201);
}

export function ok({ status, body }: Answer, wanted = 200): Json {
  if (status !== wanted) throw new Error(`Answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

export const explained = async (api: ApiClient, request: object): Promise<Json> =>
  ok(await api.post(`${MESH}/explain`, request));

/** Names of the fields that an answer of 400 finds wrong. */
export const wrongFields = ({ status, body }: Answer): string[] => {
  if (status !== 400) throw new Error(`Answered ${status}: ${JSON.stringify(body)}`);
  return body.errors.map(({ field }: Json) => field);
};
