import { MIGRATIONS } from '../migrations/index.js';
import { DriverSecretEntity } from './entries/drivers/driver-secret.entity.js';
import { OperationEntity } from './entries/drivers/operation.entity.js';
import { EntryEntity } from './entries/entry.entity.js';
import { HostFactsEntity } from './kinds/plugins/facts/host-facts.entity.js';
import type { DatabaseSchema } from './platform/database/data-source.js';

/** Every row class and every migration. `npm run migration:check` compares them. */
export const DATABASE_SCHEMA: DatabaseSchema = {
  entities: [EntryEntity, OperationEntity, DriverSecretEntity, HostFactsEntity],
  migrations: MIGRATIONS,
};
