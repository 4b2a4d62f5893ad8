import { NestFactory } from '@nestjs/core';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Env } from './platform/env/env.js';
import { APP_OPTIONS, configureApp } from './platform/http/bootstrap.js';
import { RegistryAdapter } from './platform/http/registry-adapter.js';
import { Logger } from './platform/logging/logger.js';
import { NestLogger } from './platform/logging/nest-logger.js';
import { EventSocketAdapter } from './streams/ws/event-socket.adapter.js';

/** The whole service with its database open, neither initialised nor listening yet: main.ts and the tests go on from here. */
export async function application(
  env: Env,
  logger: Logger = Logger.create(env),
  more: readonly Type[] = [],
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.forRoot(env, logger, more),
    new RegistryAdapter(),
    {
      ...APP_OPTIONS,
      logger: new NestLogger(logger),
    },
  );
  configureApp(app);
  app.useWebSocketAdapter(new EventSocketAdapter(app));
  return app;
}
