import { Global, Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { HttpMetrics } from './http-metrics.js';
import { JsonBodyGuard } from './json-body.guard.js';
import { Metrics } from './metrics.js';
import { PlainErrors } from './plain-errors.js';
import { ProblemController } from './problem.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { ReadinessConditions } from './readiness-conditions.js';
import { RequestObservers } from './request-observers.js';
import { ShutdownState } from './shutdown-state.js';

const PARTS = [
  HttpMetrics,
  JsonBodyGuard,
  Metrics,
  PlainErrors,
  ProblemFilter,
  ReadinessConditions,
  RequestObservers,
  ShutdownState,
];

/** What `configureApp` puts around every handler, and what others hook into: metrics, the drain. */
@Global()
@Module({
  controllers: [DocsController, ProblemController],
  providers: PARTS,
  exports: PARTS,
})
export class HttpModule {}
