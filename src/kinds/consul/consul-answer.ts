import type { Response } from 'express';

/** Sends an answer with what Consul's clients look for beside it. */
export function sendConsul(
  response: Response,
  body: string | Buffer,
  { index, status = 200, type = 'application/json' }: { index?: number; status?: number; type?: string } = {},
): void {
  response.statusCode = status;
  if (index !== undefined) {
    response.setHeader('X-Consul-Index', String(index));
    response.setHeader('X-Consul-KnownLeader', 'true');
    response.setHeader('X-Consul-LastContact', '0');
  }
  response.setHeader('Cache-Control', 'no-store');
  if (body.length > 0) response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
