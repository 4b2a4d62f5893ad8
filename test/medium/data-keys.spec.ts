import { DriverSecrets } from '../../src/entries/drivers/driver-secrets.js';
import { EntryRepository } from '../../src/entries/entry.repository.js';
import { SecretUpkeep } from '../../src/entries/secrets/secret-upkeep.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const PATH = '/api/v1/gateway/data-keys';
const ENTITIES = '/api/v1/entities';
const masterKey = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

interface DataKey {
  version: number;
  purpose: string;
  current: boolean;
  master_key_id: string;
  available: boolean;
}

describe('data keys', () => {
  let place: TestPlace;
  let app: GatewayApp;

  beforeAll(async () => {
    place = await testPlace();
    app = await gatewayApp(place, { env: { REGISTRY_MASTER_KEY: masterKey(3) } });
  });
  afterAll(async () => {
    await app.close();
    await place.drop();
  });

  const list = async (): Promise<DataKey[]> => (await app.call('GET', PATH)).body;
  const passwordOf = async (id: string): Promise<string> =>
    (await app.call('GET', `${ENTITIES}/${id}`)).body.metadata.password;
  const restart = async (...bytes: number[]): Promise<void> => {
    const { adminKey } = app;
    await app.close();
    app = await gatewayApp(place, { env: { REGISTRY_MASTER_KEY: bytes.map(masterKey).join(',') }, adminKey });
  };

  it('that seal are none before the first secret', async () => {
    expect((await list()).filter(({ purpose }) => purpose === 'seal')).toEqual([]);
  });

  it('are rotated by call: new secrets have the new one, old ones move to it, all of them open', async () => {
    const body = {
      type: 'service',
      name: 'sealed',
      metadata: { password: 'plain-hunter2' },
      security_context: { encrypted_fields: ['password'] },
    };
    const { id } = (await app.call('POST', ENTITIES, { body })).body;
    const before = (await list()).find(({ purpose, current }) => purpose === 'seal' && current)!;
    const answer = await app.call('POST', `${PATH}/rotate`);
    expect(answer.status).toBe(200);
    expect(answer.body.version).toBeGreaterThan(before.version);
    const keys = await list();
    expect(keys[0]).toMatchObject({ version: answer.body.version, purpose: 'seal', current: true, available: true });
    expect(keys.find(({ version }) => version === before.version)?.current).toBe(false);
    expect(keys.filter(({ purpose, current }) => purpose === 'fingerprint' && current)).toHaveLength(1);
    const other = (await app.call('POST', ENTITIES, { body: { ...body, name: 'sealed-later' } })).body;
    expect(await app.app.get(SecretUpkeep).reseal()).toBe(1);
    expect([await passwordOf(id), await passwordOf(other.id)]).toEqual(['plain-hunter2', 'plain-hunter2']);
    const sealed = await app.uow.query<{ version: string }>(
      `SELECT DISTINCT split_part(sealed, ':', 3) AS version FROM entry_secret`,
    );
    expect(sealed).toEqual([{ version: String(answer.body.version) }]);
  });

  it('take over the secrets that calls to drivers are signed with, the former one too', async () => {
    const { id } = (await app.call('POST', '/api/v1/services', { body: { name: 'driven' } })).body;
    for (let n = 0; n < 2; n++)
      expect((await app.call('POST', `/api/v1/services/${id}/driver/secret`)).status).toBe(201);
    const row = (await app.app.get(EntryRepository).findByUid(id))!;
    const secrets = await app.app.get(DriverSecrets).of(row);
    expect(secrets).toHaveLength(2);
    const { version } = (await app.call('POST', `${PATH}/rotate`)).body;
    expect(await app.app.get(SecretUpkeep).reseal()).toBeGreaterThan(0);
    const sealed = await app.uow.query<{ version: string }>(
      `SELECT split_part(one, ':', 3) AS version FROM driver_secret, unnest(ARRAY[sealed, former]) AS one`,
    );
    expect(sealed).toEqual([{ version: String(version) }, { version: String(version) }]);
    expect(await app.app.get(DriverSecrets).of(row)).toEqual(secrets);
    expect(await app.app.get(SecretUpkeep).reseal()).toBe(0);
  });

  it('are rotated once by a request that is repeated', async () => {
    const headers = { 'Idempotency-Key': 'once' };
    const [first, second] = [
      await app.call('POST', `${PATH}/rotate`, { headers }),
      await app.call('POST', `${PATH}/rotate`, { headers }),
    ];
    expect(second.body).toEqual(first.body);
    expect((await list())[0].version).toBe(first.body.version);
  });

  it('are shown without what they are, to who may administer the system', async () => {
    const rows = await app.uow.query<{ wrapped: Buffer }>('SELECT wrapped FROM data_key');
    const shown = JSON.stringify((await app.call('GET', PATH)).body);
    for (const { wrapped } of rows)
      for (const encoding of ['hex', 'base64', 'base64url'] as const)
        expect(shown).not.toContain(wrapped.subarray(0, 8).toString(encoding).slice(0, 10));
    expect(Object.keys(JSON.parse(shown)[0]).sort()).toEqual(
      ['available', 'created_at', 'current', 'master_key_id', 'purpose', 'version', 'wrapped_at'], // prettier-ignore
    );
    const { key } = await madeKey(app, { type: 'admin_key', permissions: ['admin:keys', 'read:*', 'read:secrets'] });
    expect((await app.call('GET', PATH, { key })).body.missing).toBe('admin:system');
    expect((await app.call('POST', `${PATH}/rotate`, { key })).body.missing).toBe('admin:system');
  });

  it('tell which master key wraps them, and whether this process has it', async () => {
    const [{ master_key_id: former }] = await list();
    await restart(4, 3);
    const moved = await list();
    expect(new Set(moved.map(({ available }) => available))).toEqual(new Set([true]));
    expect(moved.some(({ master_key_id: id }) => id === former)).toBe(false);
    await restart(5);
    expect(new Set((await list()).map(({ available }) => available))).toEqual(new Set([false]));
    const refused = await app.call('POST', `${PATH}/rotate`);
    expect([refused.status, refused.body.code]).toEqual([503, 'secrets.master_key_missing']);
    expect((await list())[0].version).toBe(moved[0].version);
  });
});
