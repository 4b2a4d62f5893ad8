import { IncomingMessage, ServerResponse, createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { StreamableFile } from '@nestjs/common';
import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import { InvalidError } from '../errors/registry-error.js';
import { answerClientError } from './client-error.js';
import { parseQuery } from './query-parser.js';
import { RouteTable } from './route-table.js';
import type { Handler } from './route-table.js';
import { closed, watchConnections } from './server-close.js';

type Middleware = (request: Request, response: Response, next: NextFunction) => void;
/** Runs `inner` with what belongs around a request. */
export type Scope = (
  request: Request,
  response: Response,
  inner: (request: Request, response: Response) => void,
) => void;

type Fail = (error: unknown, request: Request, response: Response) => void;

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

/**
 * Express for everything out of the ordinary, and a short way past it for the ordinary: a request whose route is in the
 * table goes to Nest's handler directly, with Express's own request and response objects. Express's way there (prototype
 * changes, a regular expression per route and layer) costs four times as much as Nest and Node together.
 *
 * The short way knows `around` and `before` only: as soon as any other middleware is registered, everything goes through Express.
 */
export class RegistryAdapter extends ExpressAdapter {
  private readonly table = new RouteTable();
  private readonly before: Middleware[] = [];
  private scope: Scope = (request, response, inner) => inner(request, response);
  private fail: Fail = (error) => {
    throw error;
  };
  private readonly relayed: string[] = [];
  private finishing = false;
  private direct = true;

  constructor() {
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    app.set('query parser', parseQuery);
    super(app);
    for (const verb of VERBS) this.tabulate(verb);
  }

  /** What runs around every request, on either way, and what answers an error that a layer or handler passes on. */
  around(scope: Scope, fail: Fail): void {
    this.scope = scope;
    this.fail = fail;
  }

  /** Below this path `100 Continue` is said by the handler, not before it runs. */
  relay(prefix: string): void {
    this.relayed.push(prefix);
  }

  /** A layer that every request passes, on either way, in order. */
  addLayer(layer: Middleware): void {
    this.before.push(layer);
  }

  override use(...args: Parameters<ExpressAdapter['use']>): ReturnType<ExpressAdapter['use']> {
    if (!this.finishing) this.direct = false;
    return super.use(...args);
  }

  override setNotFoundHandler(...args: Parameters<ExpressAdapter['setNotFoundHandler']>): unknown {
    this.finishing = true;
    return super.setNotFoundHandler(...args);
  }

  override setErrorHandler(...args: Parameters<ExpressAdapter['setErrorHandler']>): unknown {
    this.finishing = true;
    return super.setErrorHandler(...args);
  }

  override initHttpServer(options: NestApplicationOptions): void {
    const app = this.getInstance<Express>();
    // Objects born with Express's methods: changing their prototypes later makes every access to them slow.
    class RegistryRequest extends IncomingMessage {}
    class RegistryResponse extends ServerResponse {}
    Object.setPrototypeOf(RegistryRequest.prototype, app.request as object);
    Object.setPrototypeOf(RegistryResponse.prototype, app.response as object);
    const listener = (request: Request, response: Response): void => {
      // Who keeps asking on one connection would keep a server that closes from ending.
      if (!server.listening) response.shouldKeepAlive = false;
      this.scope(request, response, this.enter);
    };
    const server = createServer(
      // A missing Host is told as everything else that is wrong, not by a bare 400.
      { IncomingMessage: RegistryRequest, ServerResponse: RegistryResponse, requireHostHeader: false },
      listener as unknown as RequestListener<typeof RegistryRequest, typeof RegistryResponse>,
    );
    watchConnections(server);
    server.on('clientError', answerClientError);
    // An expectation that Node does not know is no reason to refuse; RFC 9110, 10.1.1 lets a server pass it over.
    server.on('checkExpectation', listener as unknown as RequestListener);
    // Who passes a request on says so only when the other side has said it wants the body.
    server.on('checkContinue', (request, response) => {
      if (!this.relayed.some((prefix) => request.url!.startsWith(prefix))) response.writeContinue();
      listener(request as Request, response as Response);
    });
    this.setHttpServer(server);
    if (options?.forceCloseConnections) throw new Error('Connections are closed by shutdown.ts.');
  }

  /** Also where it is not `stop` that closes: connections do not outlive their last answer. */
  override async close(): Promise<void> {
    const server = this.getHttpServer() as Server | undefined;
    if (server) await closed(server);
  }

  /** JSON by the shortest way. Streams and answers already typed by their handler take Nest's. */
  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    // A handler that streamed its answer has ended it.
    if (response.headersSent) return response;
    if (statusCode !== undefined) response.statusCode = statusCode;
    if (
      typeof body !== 'object' ||
      body === null ||
      body instanceof StreamableFile ||
      response.hasHeader('Content-Type')
    )
      return super.reply(response, body, statusCode);
    const text = JSON.stringify(body);
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Length', Buffer.byteLength(text));
    return response.end(text);
  }

  /** The filter knows every error by itself, better than as a bare 400. */
  override mapException(error: unknown): unknown {
    return error;
  }

  /** JsonBodyGuard reads bodies, after the caller is known. */
  override registerParserMiddleware(): void {}

  private tabulate(verb: (typeof VERBS)[number]): void {
    const register = this[verb].bind(this) as (...args: unknown[]) => unknown;
    this[verb] = ((...args: unknown[]) => {
      const [path, handler] = args;
      if (typeof path === 'string' && typeof handler === 'function' && args.length === 2)
        this.table.add(verb.toUpperCase(), path, handler as Handler);
      return register(...args);
    }) as (typeof this)[typeof verb];
  }

  private readonly enter = (request: Request, response: Response): void => {
    if (!request.headers.host && request.httpVersion === '1.1') {
      response.setHeader('Connection', 'close');
      this.fail(InvalidError.field('Host', 'is missing'), request, response);
    } else if (this.before.length === 0) this.route(request, response);
    else this.layer(request, response, 0);
  };

  private layer(request: Request, response: Response, index: number): void {
    if (index === this.before.length) {
      this.route(request, response);
      return;
    }
    this.before[index](request, response, (error?: unknown) => {
      if (error === undefined) this.layer(request, response, index + 1);
      else this.fail(error, request, response);
    });
  }

  private route(request: Request, response: Response): void {
    const app = this.getInstance<Express>();
    const match = this.direct ? this.table.find(request.method, request.url) : undefined;
    if (!match) {
      app(request, response);
      return;
    }
    request.originalUrl = request.url;
    request.baseUrl = '';
    request.params = match.params;
    request.route = match;
    request.res = response;
    const next = (error?: unknown): void => this.pass(error, request, response);
    request.next = next;
    match.handler(request as never, response as never, next);
  }

  /** A handler that gave the request on: Express finds out what comes next, or answers the error. */
  private pass(error: unknown, request: Request, response: Response): void {
    const app = this.getInstance<Express>();
    if (error === undefined) app(request, response);
    else this.fail(error, request, response);
  }
}
