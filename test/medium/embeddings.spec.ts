import { EmbeddingIndexRepository } from '../../src/ai/embeddings/embedding-index.repository.js';
import { VectorSearch } from '../../src/entries/vectors/vector-search.js';
import type { EntryFilter } from '../../src/entries/entry-filter.js';
import { runInRequest } from '../../src/platform/http/request-context.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { EmbeddingService } from './embedding-fixture.js';

const ENTITIES = '/api/v1/entities';
/** Several processes start one after the other. */
jest.setTimeout(180_000);

/** The application with its vectors. */
class Embedded {
  constructor(readonly app: TestApp) {}

  get search(): VectorSearch {
    return this.app.app.get(VectorSearch);
  }

  async create(entry: object): Promise<string> {
    const { status, body } = await this.app.api.post(ENTITIES, entry);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body.id as string;
  }

  /** Names of what is nearest to a question; none while there is no index. */
  async find(text: string, filter: EntryFilter = {}, limit = 3): Promise<string[]> {
    const vector = await this.search.vectorOf(text);
    const found = vector && (await this.search.nearest(vector.values, { limit, filter, model: vector.model }));
    const rows = await this.app.uow.query<{ name: string }>(
      `SELECT e.name FROM unnest($1::bigint[]) WITH ORDINALITY AS f (id, n) JOIN entry e USING (id) ORDER BY n`,
      [found?.map(({ id }) => id) ?? []],
    );
    return rows.map(({ name }) => name);
  }

  async vectors(): Promise<{ name: string; model: string; empty: boolean }[]> {
    return this.app.uow.query(
      `SELECT e.name, m.model, m.embedding IS NULL AS empty FROM entry_embedding m JOIN entry e ON e.id = m.entry_id ORDER BY e.id`,
    );
  }

  has = (...names: string[]): Promise<boolean> =>
    this.vectors().then((rows) => names.every((name) => rows.some((row) => row.name === name)));
}

const TOOLS = [
  {
    type: 'service',
    name: 'gateway',
    title: 'HTTP proxy and load balancer',
    description: 'Spreads requests over web servers.',
  },
  { type: 'resource', name: 'paint', title: 'Image editor', description: 'Retouches photos and pictures.' },
  { type: 'resource', name: 'ledger', title: 'Accounting', description: 'Books, invoices and taxes of a company.' },
];

describe('embeddings', () => {
  describe('with the model that comes with the service', () => {
    let embedded: Embedded;
    beforeAll(async () => {
      embedded = new Embedded(await testApp({ env: { EMBEDDING_PROVIDER: 'local' } }));
      for (const tool of TOOLS) await embedded.create(tool);
      await eventually('all have vectors', async () => (await embedded.find('anything at all')).length === 3);
    });
    afterAll(() => embedded.app.close());

    it('finds by what is meant, within a filter', async () => {
      expect((await embedded.find('retouch a photograph'))[0]).toBe('paint');
      expect((await embedded.find('distribute traffic among hosts'))[0]).toBe('gateway');
      expect(await embedded.find('retouch a photograph', { types: ['service'] })).toEqual(['gateway']);
    });

    it('follows a text that changes, and leaves alone what changed otherwise', async () => {
      const id = await embedded.create({ type: 'resource', name: 'changing', title: 'Chess engine' });
      await eventually('it is found', async () => (await embedded.find('play chess'))[0] === 'changing');
      await embedded.app.api.patch(`${ENTITIES}/${id}`, { title: 'Weather forecast of storms and rain' });
      await eventually('it is found anew', async () => (await embedded.find('rain tomorrow'))[0] === 'changing');
      await embedded.app.api.delete(`${ENTITIES}/${id}`);
      expect(await embedded.find('rain tomorrow')).not.toContain('changing');
    });

    it('hides what the caller may not see, by question and by entry', async () => {
      const security_context = { visibility: 'restricted' };
      const id = await embedded.create({
        type: 'resource',
        name: 'hush',
        title: 'Submarine periscope',
        security_context,
      });
      await eventually('it is found', async () => (await embedded.find('periscope of a submarine'))[0] === 'hush');
      const [{ id: inside }] = await embedded.app.uow.query<{ id: string }>('SELECT id FROM entry WHERE uid = $1', [
        id,
      ]);
      expect(await embedded.search.vectorOfEntry(inside)).toMatchObject({ model: await embedded.search.model() });
      const principal = { id: 'k', name: 'k', type: 'api_key' as const, permissions: ['read:*'] };
      await runInRequest({ requestId: 'r', principal }, async () => {
        expect(await embedded.find('periscope of a submarine')).not.toContain('hush');
        expect(await embedded.search.vectorOfEntry(inside)).toBeUndefined();
      });
    });
  });

  /** One catalog, and the process over it started anew with other settings: each step goes on where the last one ended. */
  describe('when the model is changed', () => {
    const service = new EmbeddingService();
    let place: TestPlace;
    let elsewhere: Record<string, string>;
    let embedded: Embedded;
    beforeAll(async () => {
      place = await testPlace();
      elsewhere = await service.start();
      embedded = new Embedded(await testApp({ place, env: { EMBEDDING_PROVIDER: 'local' } }));
      for (const tool of TOOLS) await embedded.create(tool);
      await eventually('all have vectors', async () => (await embedded.find('anything')).length === 3);
    });
    afterAll(async () => {
      await embedded.app.close();
      await service.stop();
      await place.drop();
    });
    const restart = async (env: Record<string, string>): Promise<void> => {
      await embedded.app.close();
      embedded = new Embedded(await testApp({ place, env }));
    };

    it('asks the former index and keeps it true while the new model is away', async () => {
      const former = await embedded.search.model();
      service.away = true;
      await restart(elsewhere);
      expect(await embedded.search.model()).toBe(former);
      expect((await embedded.find('retouch a photograph'))[0]).toBe('paint');
      await embedded.create({ type: 'resource', name: 'late', title: 'Chess engine' });
      await eventually('the former index follows', async () => (await embedded.find('play chess'))[0] === 'late');
      expect(await embedded.search.model()).toBe(former);
    });

    it('asks the new one as soon as it is whole, and mixes no models', async () => {
      service.away = false;
      await eventually('it serves', async () => (await embedded.search.model()) === 'http:words@384+project');
      const filter = { types: ['service', 'resource'] };
      expect(await embedded.find('chess photos requests books', filter, 9)).toHaveLength(4);
      const slots = await embedded.app.uow.query(
        `SELECT slot, count(DISTINCT model)::int AS models, count(*) = (SELECT count(*) FROM entry) AS whole
         FROM entry_embedding GROUP BY slot ORDER BY slot`,
      );
      expect(slots).toEqual([
        { slot: 0, models: 1, whole: true },
        { slot: 1, models: 1, whole: true },
      ]);
      await embedded.app.app.get(EmbeddingIndexRepository).clearRetired(0);
      expect(new Set((await embedded.vectors()).map(({ model }) => model))).toEqual(
        new Set(['http:words@384+project']),
      );
    });

    it('keeps a refused text from holding up the others', async () => {
      await embedded.create({ type: 'resource', name: 'bad', title: 'poison' });
      await embedded.create({ type: 'resource', name: 'good', title: 'medicine' });
      await eventually('both were looked at', () => embedded.has('bad', 'good'));
      expect((await embedded.vectors()).filter(({ empty }) => empty).map(({ name }) => name)).toEqual(['bad']);
    });

    it('takes entries while the model is away, and makes up for it afterwards', async () => {
      service.away = true;
      await embedded.create({ type: 'resource', name: 'meanwhile', title: 'Weather forecast' });
      await expect(embedded.find('weather')).rejects.toMatchObject({ status: 503 });
      expect(await embedded.has('meanwhile')).toBe(false);
      service.away = false;
      await eventually('it has its vector', () => embedded.has('meanwhile'));
    });

    it('catches up on what changed while vectors were switched off', async () => {
      await restart({ EMBEDDING_PROVIDER: 'none' });
      expect(await embedded.search.vectorOf('weather')).toBeUndefined();
      const { body } = await embedded.app.api.get(`${ENTITIES}?name=ledger`);
      await embedded.app.api.patch(`${ENTITIES}/${body[0].id}`, { title: 'Telescope' });
      await eventually('the change was heard of', async () => {
        const [row] = await embedded.app.uow.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM embedding_index i
           WHERE i.state = 'serving' AND i.filled_to < (SELECT id FROM entry WHERE name = 'ledger')`,
        );
        return row.n === 1;
      });
      await restart(elsewhere);
      await eventually('it is found anew', async () => (await embedded.find('telescope'))[0] === 'ledger');
    });
  });
});
