import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { VERSION } from '../env/version.js';
import { RegistryError } from '../errors/registry-error.js';
import { problemTypeOf } from './problem-types.js';
import { problemOf } from './problem.js';

const STATUSES: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what is no HTTP: there is no request yet, only bytes on a connection that ends here. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUSES[error.code ?? ''] ?? 400;
  const { title, meaning, slug } = problemTypeOf(status);
  const detail = status === 400 ? 'This is not a well-formed HTTP request.' : meaning;
  const requestId = randomUUID();
  const problem = new RegistryError(status, `request.${slug.replaceAll('-', '_')}`, detail, title, 'debug');
  const body = JSON.stringify(problemOf(problem, '', requestId));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    `X-Registry-Version: ${VERSION}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
