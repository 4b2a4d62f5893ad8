import type { AddressInfo } from 'node:net';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { application } from '../../src/application.js';
import { makeKey } from '../../src/gateway/keys/key-format.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { readEnv } from '../../src/platform/env/load-env.js';
import { Logger } from '../../src/platform/logging/logger.js';
import { ApiClient } from './api-client.js';
import { testPlace } from './database.js';
import type { TestPlace } from './database.js';
import { quietLogger } from './quiet-logger.js';

export interface TestAppOptions {
  /** Variables beside the database's and the admin key's. */
  env?: Record<string, string>;
  logger?: Logger;
  /** A database that outlives the application; it is not dropped then. */
  place?: TestPlace;
  /** Modules beside the service's own. */
  modules?: readonly Type[];
}

/** The whole application, listening on a free port, on a database of its own. */
export interface TestApp {
  app: NestExpressApplication;
  url: string;
  adminKey: string;
  /** With the admin key. */
  api: ApiClient;
  uow: UnitOfWork;
  place: TestPlace;
  close(): Promise<void>;
}

export async function testApp({ env = {}, logger, place, modules }: TestAppOptions = {}): Promise<TestApp> {
  const own = place ?? (await testPlace());
  const adminKey = makeKey('admin_key');
  // All that is wrong in a suite comes from one address; and vectors are made where they are asked for.
  const quiet = { LOG_LEVEL: 'silent', AUTH_FAILURE_LIMIT: 'off', EMBEDDING_PROVIDER: 'none' };
  const settings = readEnv({ ...quiet, REGISTRY_ADMIN_KEY: adminKey, ...own.env, ...env });
  const app = await application(settings, logger ?? quietLogger(), modules);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    app,
    url,
    adminKey,
    api: new ApiClient(url, adminKey),
    uow: app.get(UnitOfWork),
    place: own,
    close: async () => {
      await app.close();
      if (!place) await own.drop();
    },
  };
}
