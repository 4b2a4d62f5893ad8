import { StreamableFile } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import type { Request, Response } from 'express';
import { parseQuery } from './query-parser.js';

/** Express without what an API does not need on every request: its ETags, its body parsers, its guesses about types. */
export class RegistryAdapter extends ExpressAdapter {
  constructor() {
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    app.set('query parser', parseQuery);
    super(app);
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

  /** JsonBodyGuard reads bodies, after the caller is known. */
  override registerParserMiddleware(): void {}

  override getRequestUrl(request: Request): string {
    return request.originalUrl;
  }
}
