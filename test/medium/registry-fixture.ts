import type { ApiClient, Json } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

export const REGISTRIES = '/api/v1/registries';
export const ENTITIES = '/api/v1/entities';
/** An id that nothing has. */
export const NOBODY = '0192f0c1-7c3a-7a10-9d5e-0242ac120002';

export const sorted = (...keys: string[]): string[] => keys.toSorted();
export const keysOf = (list: { key: string }[]): string[] => list.map(({ key }) => key);

/** An application with registries in it. */
export class RegistryFixture {
  private made = 0;

  private constructor(
    readonly app: TestApp,
    readonly api: ApiClient,
    /** Reads and writes, but sees nothing restricted. */
    readonly stranger: ApiClient,
  ) {}

  static async start(): Promise<RegistryFixture> {
    const app = await testApp();
    const body = { name: 'k', type: 'service_key', permissions: ['read:*', 'write:*'] };
    const { key } = (await app.api.post('/api/v1/gateway/keys', body)).body as { key: string };
    return new RegistryFixture(app, app.api, app.api.as(key));
  }

  unique = (word: string): string => `${word}-${++this.made}`;

  registry = async (level: string, parent_id?: string, more: object = {}): Promise<Json> => {
    const answer = await this.api.post(REGISTRIES, { name: this.unique(level), level, parent_id, ...more });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };

  service = async (more: object = {}): Promise<Json> => {
    const answer = await this.api.post('/api/v1/services', { name: this.unique('svc'), ...more });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };

  /** A root with two domains below it, and a project below the first. */
  estate = async (): Promise<Record<'root' | 'one' | 'two' | 'project', Json>> => {
    const root = await this.registry('root');
    const [one, two] = [await this.registry('domain', root.key), await this.registry('domain', root.id)];
    return { root, one, two, project: await this.registry('project', one.name) };
  };
}
