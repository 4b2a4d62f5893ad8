import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { loadEnv } from './platform/env/load-env.js';
import { APP_OPTIONS, configureApp } from './platform/http/bootstrap.js';
import { RegistryAdapter } from './platform/http/registry-adapter.js';
import { Logger } from './platform/logging/logger.js';
import { NestLogger } from './platform/logging/nest-logger.js';

const env = loadEnv();
const logger = Logger.create(env);
const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(env, logger), new RegistryAdapter(), {
  ...APP_OPTIONS,
  logger: new NestLogger(logger),
});
configureApp(app);
await app.listen(env.port, env.host);
