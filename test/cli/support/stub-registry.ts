import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { aiAnswer } from './stub-ai.js';
import { stubBackup } from './stub-backup.js';
import { catalogAnswer, eventText } from './stub-catalog.js';
import { ENTRY } from './stub-entry.js';
import { gatewayAnswer } from './stub-gateway.js';
import { graphAnswer } from './stub-graph.js';
import { gridAnswer } from './stub-grid.js';
import { kindAnswer } from './stub-kinds.js';
import { meshAnswer } from './stub-mesh.js';
import { runtimeAnswer } from './stub-runtime.js';

export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}

/** How it behaves: as a registry would, always with one status, or never answering; nobody gets to one that is `refused`. */
export type Mood = 'well' | 'silent' | 'refused' | 'empty' | number;

function searchAnswer(path: string): unknown {
  const { id, key, name, type } = ENTRY;
  const at = '2026-03-01T09:30:00.000Z';
  if (path.endsWith('/suggest')) return [{ text: name, kind: 'name', key, type, title: null }];
  if (path.endsWith('/related'))
    return [
      { id, key, name, type, score: 0.7, reasons: [{ kind: 'source', score: 1, detail: 'has the same homepage' }] },
    ];
  if (path.endsWith('/facets'))
    return {
      total: { value: 1, relation: 'exact' },
      sampled: null,
      facets: { type: [{ value: 'plugin', count: 1 }], status: [], health: [], feature: [], tags: [] },
    };
  if (path.endsWith('/trending'))
    return {
      window: '7d',
      half_life_hours: 42,
      queries: [{ query: 'tensorflow', searches: 2, score: 1.5 }],
      entries: [{ id, key, name, type, reads: 3, score: 2.5 }],
    };
  const reindex = { asked_at: at, done_at: null, changed: null };
  if (path.endsWith('/reindex')) return reindex;
  const size = { size_bytes: 8192, counted_at: at };
  return {
    text: { entries: 8, lexemes: 40, average_length: 5, ...size },
    vocabulary: { words: 30, ...size },
    vectors: { state: 'off', model: null, indexes: [] },
    recall: null,
    reindex,
  };
}

/** Answers of a registry in their shape; what they say is the same every time. */
function answerTo({ method, path, body, query }: Seen): unknown {
  const ofKind =
    runtimeAnswer(method, path) ??
    aiAnswer(method, path) ??
    gridAnswer(path) ??
    meshAnswer(method, path) ??
    kindAnswer(method, path, query) ??
    catalogAnswer(method, path) ??
    graphAnswer(path);
  if (ofKind !== undefined) return ofKind;
  if (path === '/health')
    return {
      status: 'healthy',
      version: '0.1.0',
      uptime: 5,
      stats: { total_entities: 8, total_relationships: 0 },
      checks: {},
    };
  if (path.endsWith('/bulk')) return bulk(body);
  if (path.endsWith('/import')) return { created: 1, updated: 0, unchanged: 0, skipped: 0, failed: 0, errors: [] };
  if (path.endsWith('/leaked-keys')) return [{ token_hash: 'n4bQ', token_type: 'k', label: 'true_positive' }];
  if (path.includes('/gateway/')) return gatewayAnswer(method, path);
  if (path.includes('/search/') || path.endsWith('/related')) return searchAnswer(path);
  if (path.endsWith('/stats')) return { total_entities: 8, total_relationships: 2, by_type: { plugin: 8 } };
  if (path.endsWith('/search')) return [{ ...ENTRY, score: 0.9, matched: { highlight: '<mark>My</mark> &amp; you' } }];
  return method === 'GET' && path.endsWith('/entities') ? [ENTRY] : ENTRY;
}

function bulk(body: string): unknown {
  const count = body.startsWith('[') ? (JSON.parse(body) as unknown[]).length : body.trim().split('\n').length;
  return Array.from({ length: count }, (_, index) => ({
    index,
    status: 'created',
    id: `id-${index}`,
    key: `key-${index}`,
  }));
}

export class StubRegistry {
  readonly seen: Seen[] = [];
  mood: Mood = 'well';
  /** Takes over single requests; false leaves them to the mood. */
  override: ((seen: Seen, response: ServerResponse) => boolean) | undefined;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.answer(request, Buffer.concat(chunks).toString(), response));
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What was to change something; a dry run of the server's is not. */
  get writes(): Seen[] {
    return this.seen.filter(
      ({ method, query, body }) =>
        method !== 'GET' && query.get('dry_run') !== 'true' && !body.includes('"dry_run":true'),
    );
  }

  reset(mood: Mood = 'well'): void {
    this.seen.length = 0;
    this.mood = mood;
    this.override = undefined;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://stub');
    const seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    };
    this.seen.push(seen);
    if (this.override?.(seen, response)) return;
    if (this.mood === 'silent') return;
    response.setHeader('x-request-id', String(request.headers['x-request-id']));
    if (typeof this.mood === 'number') {
      const code = `stub.${this.mood}`;
      const problem = {
        type: 'about:blank',
        title: 'Stub',
        status: this.mood,
        detail: `stub says ${this.mood}`,
        code,
        request_id: 'req-1',
      };
      response.writeHead(this.mood, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
      return;
    }
    if (seen.method === 'DELETE') {
      response.writeHead(204).end();
      return;
    }
    if (seen.path === '/api/v1/events' && this.mood === 'well') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(eventText(7));
      return;
    }
    if (seen.path.endsWith('/backup')) {
      response.writeHead(200, { 'content-type': 'application/gzip' }).end(stubBackup());
      return;
    }
    response.writeHead(seen.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(this.mood === 'empty' ? [] : answerTo(seen)));
  }
}
