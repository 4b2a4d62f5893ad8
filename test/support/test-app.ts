import type { AddressInfo } from 'node:net';
import { Test } from '@nestjs/testing';
import type { TestingModuleBuilder } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../src/app.module.js';
import { makeKey } from '../../src/gateway/keys/key-format.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { readEnv } from '../../src/platform/env/load-env.js';
import { APP_OPTIONS, configureApp } from '../../src/platform/http/bootstrap.js';
import { RegistryAdapter } from '../../src/platform/http/registry-adapter.js';
import { Logger } from '../../src/platform/logging/logger.js';
import { EventSocketAdapter } from '../../src/streams/ws/event-socket.adapter.js';
import { ApiClient } from './api-client.js';
import { testPlace } from './database.js';
import type { TestPlace } from './database.js';
import { quietLogger } from './quiet-logger.js';

export interface TestAppOptions {
  /** Variables beside the database's and the admin key's. */
  env?: Record<string, string>;
  /** Replaces providers of the outside world: a clock, a webhook's target. */
  override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  logger?: Logger;
  /** A database that outlives the application; it is not dropped then. */
  place?: TestPlace;
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

export async function testApp({ env = {}, override, logger, place }: TestAppOptions = {}): Promise<TestApp> {
  const own = place ?? (await testPlace());
  const adminKey = makeKey('admin_key');
  const settings = readEnv({ LOG_LEVEL: 'silent', REGISTRY_ADMIN_KEY: adminKey, ...own.env, ...env });
  const builder = Test.createTestingModule({ imports: [AppModule.forRoot(settings, logger ?? quietLogger())] });
  const module = await (override?.(builder) ?? builder).compile();
  const app = module.createNestApplication<NestExpressApplication>(new RegistryAdapter(), {
    ...APP_OPTIONS,
    logger: false,
  });
  configureApp(app);
  app.useWebSocketAdapter(new EventSocketAdapter(app));
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
