import type { Answer, ApiClient } from '../support/api-client.js';

export const PLUGINS = '/api/v1/plugins';
export const FACTS = '/api/v1/system/facts';

/** Registers a plugin; `needs` are its dependencies on plugins. */
export async function registered(
  api: ApiClient,
  name: string,
  version: string,
  needs: string[] = [],
  more: object = {},
) {
  const answer = await api.post(PLUGINS, { name, version, dependencies: { plugins: needs }, ...more });
  if (answer.status !== 201) throw new Error(`${name}@${version}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as { id: string; key: string };
}

export const act = (api: ApiClient, key: string, verb: string, body?: object, query = ''): Promise<Answer> =>
  api.post(`${PLUGINS}/${key}/${verb}${query}`, body);

export const statusOf = async (api: ApiClient, key: string): Promise<string> =>
  (await api.get(`${PLUGINS}/${key}`)).body.status as string;

/** Keys of what a plugin depends on. */
export async function dependenciesOf(api: ApiClient, key: string): Promise<string[]> {
  const { body } = await api.get(`/api/v1/relationships?source_id=${encodeURIComponent(key)}&types=depends_on`);
  return (body as { target_key: string }[]).map(({ target_key }) => target_key).sort();
}
