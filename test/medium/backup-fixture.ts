import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupBytes } from '../../src/backup-file/backup-bytes.js';
import type { BackupManifest } from '../../src/backup-file/backup-format.js';
import { manifestOf } from '../../src/backup-file/backup-reader.js';
import { DATABASE_SCHEMA } from '../../src/database-schema.js';
import type { BackupContext, DatabasePlace } from '../../src/platform/database/backup/backup-commands.js';
import type { ApiClient } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import type { TestPlace } from '../support/database.js';
import type { TestApp } from '../support/test-app.js';
import { good, put } from './config-fixture.js';

export const BACKUP = '/api/v1/backup';

export const CONTEXT: BackupContext = {
  schema: DATABASE_SCHEMA,
  release: '0.1.0',
  told: () => undefined,
  print: () => undefined,
};

/** Where a program that opens the database itself finds it. */
export const placeOf = ({ env }: TestPlace): DatabasePlace =>
  env.DATABASE_URL ? { url: env.DATABASE_URL } : { dataDir: env.DATA_DIR };

/** Files of a test. */
export class BackupFolder {
  private constructor(readonly path: string) {}

  static async make(): Promise<BackupFolder> {
    return new BackupFolder(await mkdtemp(join(tmpdir(), 'ureg-backup-')));
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }

  async file(name: string, content: Uint8Array | string): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, content);
    return path;
  }

  /** A backup as the route answers it. */
  async taken(api: ApiClient, name = 'registry.ureg'): Promise<{ path: string; manifest: BackupManifest }> {
    const answer = await api.fetch('GET', BACKUP);
    if (answer.status !== 200) throw new Error(`No backup: ${answer.status} ${await answer.text()}`);
    const path = await this.file(name, new Uint8Array(await answer.arrayBuffer()));
    return { path, manifest: await manifestOf(backupBytes(path)) };
  }
}

/** Something in every corner, and values that are lost when they are not taken as they are. */
export async function filled({ api, uow }: TestApp): Promise<{ key: string }> {
  const entities = '/api/v1/entities';
  const made = async (body: object): Promise<{ id: string }> => good(await api.post(entities, body)) as { id: string };
  const service = { type: 'service', name: 'shop', version: '1.0.0', tags: ['a', 'ü'], regions: ['eu'] };
  await made({
    ...service,
    title: 'Shop of “quotes” \\',
    metadata: { n: 1e-7, deep: [null], text: 'a\u2028b\tc\n"d" \\u0041 \u{1F600}' },
  });
  await made({ type: 'resource', name: 'db', security_context: { visibility: 'restricted', readers: ['nobody'] } });
  const secrets = { metadata: { password: 'plain-hunter2' }, security_context: { encrypted_fields: ['password'] } };
  await made({ type: 'component', name: 'cache', spec: { type: 'cache', provider: 'redis' }, ...secrets });
  const gone = await made({ type: 'resource', name: 'gone' });
  good(await api.delete(`${entities}/${gone.id}`));
  good(
    await api.post('/api/v1/relationships', { source_id: 'svc_shop', target_id: 'resource_db', type: 'depends_on' }),
  );
  good(
    await api.post('/api/v1/relationships', { source_id: 'svc_shop', target_id: 'comp_cache', type: 'my_own_type' }),
  );
  good(await api.post('/api/v1/services/svc_shop/instances', { host: '10.0.0.1', port: 80, ttl_seconds: 3600 }));
  // What follows a little later would else be on one side of the backup only.
  await eventually('its health follows', async () => good(await api.get(`${entities}/svc_shop`)).health === 'healthy');
  good(await api.post('/api/v1/features', { name: 'dark-mode', default_value: true }));
  good(
    await api.post('/api/v1/mesh/routes', {
      name: 'front',
      match: { path: '/' },
      destinations: [{ host: 'a.example', port: 80 }],
    }),
  );
  await put(api, 'db.password', 'plain-s3cret', '', { type: 'secret' });
  await put(api, 'db.pool', 5);
  // Registries one in another, made in the wrong order: the row above refers to the one below.
  await made({ type: 'registry', name: 'low', spec: { level: 'tenant' } });
  await made({ type: 'registry', name: 'high', spec: { level: 'root' } });
  good(await api.post('/api/v1/registries/reg_low/move', { parent_id: 'reg_high' }));
  await uow.query(`INSERT INTO entry_metric (entry_id, name, at, value, tags)
    SELECT id, n::text, now(), v, 'null' FROM entry, (VALUES ('a', 'NaN'::float8), ('b', '-Infinity'), ('c', 0.1::real::float8)) AS t (n, v)
    WHERE name = 'shop'`);
  await uow.query(`INSERT INTO entry_embedding (slot, entry_id, revision, model, content_hash, embedding)
    SELECT 0, id, 1, 'of a test', '\\x00ff', (SELECT array_agg(sin(i + id) ORDER BY i) FROM generate_series(1, 384) i)::real[]::halfvec
    FROM entry`);
  const body = { name: 'of the backup', type: 'service_key', permissions: ['read:*', 'write:*', 'read:secrets'] };
  return { key: (good(await api.post('/api/v1/gateway/keys', body)) as { key: string }).key };
}
