import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** A request as it goes over the wire: repeated headers stay repeated, and the path is sent as it stands. */
export interface WireRequest {
  method: string;
  path: string;
  headers: [name: string, value: string][];
  body?: Buffer;
}

export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  ms: number;
}

const INFLATE: Partial<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** Sends what `fetch` would mend or refuse. */
export class WireClient {
  private readonly agent: Agent;
  private readonly host: string;
  private readonly port: number;

  constructor(url: string, connections = 8) {
    const { hostname, port } = new URL(url);
    this.host = hostname;
    this.port = Number(port);
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Rejects when the connection ends without an answer. */
  send({ method, path, headers, body }: WireRequest): Promise<WireAnswer> {
    const started = performance.now();
    const named = (name: string): boolean => headers.some(([one]) => one.toLowerCase() === name);
    const all = [...headers];
    if (!named('host')) all.unshift(['Host', `${this.host}:${this.port}`]);
    // Left to itself, node:http announces a body of chunks where there is none.
    const length = body?.length ?? (method.startsWith('P') ? 0 : undefined);
    if (length !== undefined && !named('content-length') && !named('transfer-encoding'))
      all.push(['Content-Length', `${length}`]);
    return new Promise((resolve, reject) => {
      const { agent, host, port } = this;
      const sent = request({ agent, host, port, method, path, headers: all.flat() as never }, (answer) => {
        read(answer).then((text) => resolve({ ...head(answer), text, ms: performance.now() - started }), reject);
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function head({ statusCode = 0, headers }: IncomingMessage): Pick<WireAnswer, 'status' | 'headers'> {
  return {
    status: statusCode,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  };
}

async function read(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const inflate = INFLATE[answer.headers['content-encoding'] ?? ''];
  return (inflate && bytes.length > 0 ? inflate(bytes) : bytes).toString('utf8');
}

/** Writes bytes to a connection of its own and gives back all that comes until it ends, or until `ms` have passed. */
export function converse(url: string, bytes: string | Buffer, ms = 5_000): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const chunks: Buffer[] = [];
    const late = setTimeout(() => socket.destroy(), ms);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // 'close' follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(late);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
  });
}
