import type { Server } from 'node:http';
import type { NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Env } from '../env/env.js';
import { Logger } from '../logging/logger.js';
import { ApiDocument } from './api-document.js';
import { compressed } from './compression.js';
import { HttpMetrics } from './http-metrics.js';
import { JsonBodyGuard } from './json-body.guard.js';
import { ProblemFilter } from './problem.filter.js';
import { requestScope } from './request-scope.js';
import { ShutdownState } from './shutdown-state.js';
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
  app.use(requestScope({ logger, metrics: app.get(HttpMetrics), shutdown: app.get(ShutdownState) }));
  if (env.corsOrigins.length > 0) app.enableCors(corsOptions(env.corsOrigins));
  app.use(compressed);
  app.useGlobalGuards(app.get(JsonBodyGuard));
  app.useGlobalPipes(new RegistryValidationPipe());
  app.useGlobalFilters(app.get(ProblemFilter));
  app.get(ApiDocument).of(app);
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

const corsOptions = (origins: readonly string[]): Parameters<NestExpressApplication['enableCors']>[0] => ({
  origin: origins.includes('*') ? '*' : [...origins],
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposedHeaders: [
    'ETag', 'Link', 'Location', 'X-Total-Count', 'X-Next-Since', 'X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'Idempotent-Replayed',
  ], // prettier-ignore
  maxAge: 600,
});
