import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../src/app.module.js';
import { FirstKey } from '../../src/gateway/keys/first-key.js';
import type { FirstKeyAnnouncement } from '../../src/gateway/keys/first-key.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { readEnv } from '../../src/platform/env/load-env.js';
import { APP_OPTIONS, configureApp } from '../../src/platform/http/bootstrap.js';
import { RegistryAdapter } from '../../src/platform/http/registry-adapter.js';
import { Logger } from '../../src/platform/logging/logger.js';
import { EventSocketAdapter } from '../../src/streams/ws/event-socket.adapter.js';
import { ApiClient } from '../support/api-client.js';
import type { Answer } from '../support/api-client.js';
import type { TestPlace } from '../support/database.js';

export interface GatewayAppOptions {
  /** Routes of the test's own, beside the application's. */
  controllers?: Type[];
  env?: Record<string, string>;
  /** Where the first start's key is known from another application on the same database. */
  adminKey?: string;
}

export interface CallOptions {
  /** Sent as X-API-Key; the admin key when left out, none when null. */
  key?: string | null;
  body?: unknown;
  headers?: Record<string, string>;
}

@Module({})
class ProbeModule {}

/** The whole application as it starts by itself, with what its first start said and what it logs. */
export interface GatewayApp {
  app: NestExpressApplication;
  url: string;
  adminKey: string;
  said: FirstKeyAnnouncement;
  log: string[];
  uow: UnitOfWork;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

export async function gatewayApp(place: TestPlace, options: GatewayAppOptions = {}): Promise<GatewayApp> {
  const log: string[] = [];
  // All that is wrong in a suite comes from one address.
  const usual = { LOG_LEVEL: 'debug', LOG_FORMAT: 'json', AUTH_FAILURE_LIMIT: 'off' };
  const env = readEnv({ ...usual, ...place.env, ...options.env });
  const logger = Logger.create(env, { write: (line) => log.push(line) });
  const root = {
    module: ProbeModule,
    imports: [AppModule.forRoot(env, logger)],
    controllers: options.controllers ?? [],
  };
  const app = await NestFactory.create<NestExpressApplication>(root, new RegistryAdapter(), {
    ...APP_OPTIONS,
    logger: false,
  });
  configureApp(app);
  app.useWebSocketAdapter(new EventSocketAdapter(app));
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  const said = app.get(FirstKey).announcement();
  const client = new ApiClient(url);
  const running: GatewayApp = {
    app,
    url,
    said,
    log,
    uow: app.get(UnitOfWork),
    adminKey: options.adminKey ?? said.key ?? '',
    call: (method, path, { key = running.adminKey, body, headers } = {}) =>
      client.as(key ?? undefined).call(method, path, body, headers),
    close: () => app.close(),
  };
  return running;
}

/** Makes a key by call and gives back what the answer shows. */
export async function madeKey(app: GatewayApp, body: object): Promise<{ id: string; key: string; revision: number }> {
  const answer = await app.call('POST', '/api/v1/gateway/keys', {
    body: { name: 'made for a test', type: 'api_key', ...body },
  });
  if (answer.status !== 201) throw new Error(`no key: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
