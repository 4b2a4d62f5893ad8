import { connect as connectHttp2, constants } from 'node:http2';
import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { OutboundError } from '../../../platform/http-client/outbound-error.js';
import type { OutboundSockets } from '../../../platform/http-client/outbound-sockets.js';
import { answerOf, requestOf } from './grpc-health.js';
import { hostPort, plain, urlOf } from './probe-target.js';
import type { HostPort } from './probe-target.js';

const PATH = '/grpc.health.v1.Health/Check';
const MOST_BYTES = 4096;

interface GrpcTarget extends HostPort {
  secure: boolean;
  service: string;
}

/** `host:port`, or `grpc://host:port/package.Service`, `grpcs://` with TLS. */
function targetOf(text: string): GrpcTarget {
  if (!text.includes('://')) return { ...hostPort(text), secure: false, service: '' };
  const url = urlOf(text, { grpc: 80, grpcs: 443 });
  return { ...url.where, secure: url.protocol === 'grpcs:', service: plain(url.pathname.replace(/^\//, '')) };
}

/** Asks by the gRPC health protocol; well is who says SERVING. */
export async function probeGrpc(sockets: OutboundSockets, text: string, signal: AbortSignal): Promise<string> {
  const target = targetOf(text);
  const socket = await sockets.connect({ ...target, secure: target.secure ? { alpn: ['h2'] } : undefined }, signal);
  try {
    const status = await check(socket, target);
    if (status !== 'SERVING') throw new OutboundError('bad_answer', `gRPC says ${status}.`);
    return 'SERVING';
  } finally {
    socket.destroy();
  }
}

function check(socket: Socket, { host, port, secure, service }: GrpcTarget): Promise<string> {
  return new Promise((resolve, reject) => {
    const failed = (): void => reject(new OutboundError('unreachable', `${host} broke the connection off.`));
    const authority = `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
    const session = connectHttp2(authority, { createConnection: () => socket });
    session.on('error', failed);
    socket.on('error', (error) => reject(error instanceof OutboundError ? error : failed()));
    socket.on('close', failed);
    ask(session, service).then(resolve, reject);
  });
}

function ask(session: ClientHttp2Session, service: string): Promise<string> {
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: PATH,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  return new Promise((resolve, reject) => {
    const bad = (what: string): void => reject(new OutboundError('bad_answer', what));
    const chunks: Buffer[] = [];
    let size = 0;
    let code: string | undefined;
    // Of an answer without a body the trailers stand in the headers.
    const heard = (headers: IncomingHttpHeaders): void => void (code = (headers['grpc-status'] as string) ?? code);
    stream.on('response', (headers) => {
      if (headers[':status'] !== 200) bad(`HTTP ${headers[':status']} instead of gRPC.`);
      heard(headers);
    });
    stream.on('trailers', heard);
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if ((size += chunk.length) > MOST_BYTES) stream.destroy(new Error('too large'));
    });
    stream.on('error', () => bad('The gRPC call broke off.'));
    stream.on('end', () => {
      if (code !== '0') return bad(`gRPC status ${code ?? 'missing'}.`);
      try {
        resolve(answerOf(Buffer.concat(chunks)));
      } catch {
        bad('The answer is not of the gRPC health protocol.');
      }
    });
    stream.end(requestOf(service));
  });
}
