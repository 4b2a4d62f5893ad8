import { randomUUID } from 'node:crypto';
import type { Response } from 'express';
import { VERSION } from '../env/version.js';
import type { Logger } from '../logging/logger.js';
import type { HttpMetrics } from './http-metrics.js';
import type { RequestContext } from './request-context.js';
import { runInRequest } from './request-context.js';
import type { RequestObservers } from './request-observers.js';
import type { Scope } from './registry-adapter.js';
import { API_HEADERS } from './security-headers.js';
import type { ShutdownState } from './shutdown-state.js';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;
/** On every answer: by its version a client that found no route knows why. */
const EVERY_ANSWER = [...API_HEADERS, ['X-Registry-Version', VERSION] as const];
const STATE = Symbol('registry:request');

interface Scoped extends Response {
  [STATE]: { context: RequestContext; startedAt: number; bytesBefore: number; parts: Parts };
}
interface Parts {
  logger: Logger;
  metrics: HttpMetrics;
  observers: RequestObservers;
  shutdown: ShutdownState;
}

/** Around every request: its id and trace in the async context, safe headers, and its time when it is done. */
export function requestScope(parts: Parts): Scope {
  return (request, response, inner) => {
    const { headers } = request;
    const given = headers['x-request-id'];
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    const context: RequestContext = { requestId, traceId: traceIdOf(headers.traceparent), source: request };
    response.setHeader('X-Request-Id', requestId);
    for (const [name, value] of EVERY_ANSWER) response.setHeader(name, value);
    if (parts.shutdown.draining) response.setHeader('Connection', 'close');
    const bytesBefore = request.socket.bytesWritten;
    (response as Scoped)[STATE] = { context, startedAt: performance.now(), bytesBefore, parts };
    response.on('close', onClose);
    runInRequest(context, inner, request, response);
  };
}

const traceIdOf = (traceparent: unknown): string | undefined =>
  typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;

/** A function of its own, not a closure per request. */
function onClose(this: Response): void {
  const { context, startedAt, bytesBefore, parts } = (this as Scoped)[STATE];
  const request = this.req;
  const milliseconds = performance.now() - startedAt;
  const route = (request.route as { path?: string } | undefined)?.path;
  parts.metrics.observe(request.method, route, this.statusCode, milliseconds / 1000);
  parts.observers.tell({
    principal: context.principal,
    method: request.method,
    route,
    status: this.headersSent ? this.statusCode : 499,
    milliseconds,
    // A socket that broke may not know any more.
    bytesOut: Math.max(0, request.socket.bytesWritten - bytesBefore || 0),
  });
  if (!parts.logger.isEnabled('debug')) return;
  runInRequest(context, () =>
    parts.logger.debug(
      {
        method: request.method,
        path: (request.originalUrl ?? request.url).split('?', 1)[0],
        status: this.writableFinished ? this.statusCode : 499,
        ms: Math.round(milliseconds * 10) / 10,
        ...(context.principal && { principal: `${context.principal.type}:${context.principal.id}` }),
      },
      'request',
    ),
  );
}
