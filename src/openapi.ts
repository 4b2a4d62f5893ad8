import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { readEnv } from './platform/env/load-env.js';
import { createOpenApi } from './platform/http/openapi.js';
import { RegistryAdapter } from './platform/http/registry-adapter.js';

/** Writes openapi.json. Nest's preview mode reads the controllers and starts nothing, so no database is needed. */
const app = await NestFactory.create(AppModule.forRoot(readEnv({})), new RegistryAdapter(), {
  preview: true,
  logger: false,
});
await writeFile('openapi.json', `${JSON.stringify(createOpenApi(app), null, 2)}\n`);
