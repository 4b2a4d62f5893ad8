import type { Server } from 'node:http';
import type { NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { Env } from '../env/env.js';
import { NotFoundError } from '../errors/registry-error.js';
import { Logger } from '../logging/logger.js';
import { compressed } from './compression.js';
import { cors } from './cors.js';
import { HttpMetrics } from './http-metrics.js';
import { JsonBodyGuard } from './json-body.guard.js';
import { keyInOneSegment, underAlias } from './path-layers.js';
import { ProblemFilter } from './problem.filter.js';
import { RegistryAdapter } from './registry-adapter.js';
import { RequestObservers } from './request-observers.js';
import { requestScope } from './request-scope.js';
import { ShutdownState } from './shutdown-state.js';
import { executeStraight } from './straight-execution.js';
import { RegistryValidationPipe } from './validation.pipe.js';

const KEEP_ALIVE_MS = 65_000;

/** For `NestFactory.create(module, new RegistryAdapter(), APP_OPTIONS)` and `createNestApplication` alike. */
export const APP_OPTIONS: NestApplicationOptions = {
  bodyParser: false,
  abortOnError: false,
  // `/entities/bulk` wins over `/entities/:id`, wherever it is written.
  routeResolutionStrategy: 'specificity',
  routeConflictPolicy: { duplicate: 'error' },
};

/** Everything around the handlers. Call before `app.init()`; the service and the tests get the same. */
export function configureApp(app: NestExpressApplication): void {
  const env = app.get(Env);
  const logger = app.get(Logger).child('http');
  app.set('trust proxy', trustProxy(env.trustProxy));
  const adapter = registryAdapter(app);
  const filter = app.get(ProblemFilter);
  adapter.around(
    requestScope({
      logger,
      metrics: app.get(HttpMetrics),
      observers: app.get(RequestObservers),
      shutdown: app.get(ShutdownState),
    }),
    filter.answer.bind(filter),
  );
  if (env.role === 'worker') adapter.addLayer(operationsOnly);
  if (env.corsOrigins.length > 0) adapter.addLayer(cors(env.corsOrigins));
  adapter.addLayer(compressed);
  adapter.addLayer(underAlias);
  adapter.addLayer(keyInOneSegment);
  executeStraight();
  app.useGlobalGuards(app.get(JsonBodyGuard));
  app.useGlobalPipes(new RegistryValidationPipe());
  app.useGlobalFilters(filter);
  limitConnections(app.getHttpServer(), env);
}

/** A slow or silent client holds a connection, not for ever. */
function limitConnections(server: Server, env: Env): void {
  server.requestTimeout = env.requestTimeoutMs;
  server.headersTimeout = Math.min(env.requestTimeoutMs, 60_000);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxRequestsPerSocket = 0;
}

function trustProxy(proxies: readonly string[]): number | string[] | false {
  if (proxies.length === 0) return false;
  return proxies.length === 1 && /^\d+$/.test(proxies[0]) ? Number(proxies[0]) : [...proxies];
}

function registryAdapter(app: NestExpressApplication): RegistryAdapter {
  const adapter: unknown = app.getHttpAdapter();
  if (adapter instanceof RegistryAdapter) return adapter;
  throw new Error('Create the application with `new RegistryAdapter()`.');
}

/** A process that only runs jobs is still asked how it is. */
function operationsOnly(request: Request, _response: Response, next: NextFunction): void {
  if (/^\/(health|metrics)(\/|\?|$)/.test(request.url)) next();
  else next(new NotFoundError('route', request.url.split('?', 1)[0], 'route.not_here'));
}
