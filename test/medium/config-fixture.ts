import type { Answer, ApiClient, Header, Json } from '../support/api-client.js';

export const CONFIG = '/api/v1/config';
export const MASTER_KEY = { REGISTRY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') };

/** What went well, for what a test begins with. */
export function good({ status, body }: Answer): Json {
  if (status >= 300) throw new Error(`Answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Sets a value: `put(api, 'a', 1)`, `put(api, 'a', 1, 'environment=production')`. */
export const put = async (
  api: ApiClient,
  key: string,
  value: unknown,
  query = '',
  more: object = {},
  headers: Header = {},
): Promise<Json> => good(await api.put(`${CONFIG}/${key}?${query}`, { value, ...more }, headers));

export const read = async (api: ApiClient, key: string, query = ''): Promise<Json> =>
  good(await api.get(`${CONFIG}/${key}?${query}`));

export const valueOf = async (api: ApiClient, key: string, query = ''): Promise<unknown> =>
  (await read(api, key, query)).value;
