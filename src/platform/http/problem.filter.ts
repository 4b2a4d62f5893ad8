import { Catch, Injectable, Optional } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AuditTrail } from '../audit/audit-trail.js';
import { knownError } from '../errors/known-error.js';
import { RegistryError } from '../errors/registry-error.js';
import { Logger } from '../logging/logger.js';
import { PlainErrors, plainText } from './plain-errors.js';
import { problemOf } from './problem.js';
import { currentRequest } from './request-context.js';

/** Turns whatever was thrown into `application/problem+json`, or into text where that is spoken, and logs it at the level it deserves. */
@Injectable()
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger: Logger;

  constructor(
    logger: Logger,
    @Optional() private readonly audit?: AuditTrail,
    @Optional() private readonly plain?: PlainErrors,
  ) {
    this.logger = logger.child('http');
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(thrown, http.getRequest<Request>(), http.getResponse<Response>());
  }

  answer(thrown: unknown, request: Request, response: Response): void {
    const path = (request.originalUrl ?? request.url).split('?', 1)[0];
    const error = this.withRoute(knownError(thrown), request);
    this.log(error, request.method, path);
    this.audit?.refused(error);
    // Half an answer is out already: a cut connection tells the client, an error text in the middle would not.
    if (response.headersSent) {
      response.destroy();
      return;
    }
    for (const [name, value] of Object.entries(error.headers ?? {})) response.setHeader(name, value);
    const plain = this.plain?.covers(path) === true;
    const body = plain ? plainText(error) : JSON.stringify(problemOf(error, path, currentRequest()?.requestId ?? ''));
    response.statusCode = error.status;
    response.removeHeader('ETag');
    response.removeHeader('Content-Encoding');
    response.removeHeader('Content-Disposition');
    response.setHeader('Content-Type', `${plain ? 'text/plain' : 'application/problem+json'}; charset=utf-8`);
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.end(body);
  }

  /** An unknown path says so in our words, and a known path asked by a wrong method says which it takes. */
  private withRoute(error: RegistryError, request: Request): RegistryError {
    if (error.code !== 'route.not_found') return error;
    const allowed = methodsOf(request);
    if (allowed.length === 0)
      return new RegistryError(
        404,
        error.code,
        'There is nothing at this path; /docs lists what there is.',
        error.title,
        'debug',
      );
    const detail = `${request.method} is not allowed here; ${allowed.join(', ')} is.`;
    return new RegistryError(405, 'route.method_not_allowed', detail, 'Method not allowed', 'debug', {
      extra: { allowed },
      headers: { Allow: allowed.join(', ') },
    });
  }

  private log(error: RegistryError, method: string, path: string): void {
    const fields = { method, path, status: error.status, code: error.code };
    if (error.status >= 500) this.logger[error.logLevel]({ ...fields, err: error.cause ?? error }, error.message);
    else if (this.logger.isEnabled(error.logLevel)) this.logger[error.logLevel](fields, error.message);
  }
}

interface Layer {
  match(path: string): unknown;
  route?: { methods: Record<string, boolean> };
}

/** The methods for which the path of this request has a route. Walks all routes, so only for requests that found none. */
function methodsOf(request: Request): string[] {
  const layers = (request.app as unknown as { router: { stack: Layer[] } }).router.stack;
  const methods = layers.flatMap((layer) =>
    layer.route && matches(layer, request.path) ? Object.keys(layer.route.methods) : [],
  );
  const names = new Set(methods.filter((method) => method !== '_all').map((method) => method.toUpperCase()));
  if (names.has('GET')) names.add('HEAD');
  return [...names].sort();
}

function matches(layer: Layer, path: string): boolean {
  try {
    return Boolean(layer.match(path));
  } catch {
    // A path that cannot be decoded belongs to no route.
    return false;
  }
}
