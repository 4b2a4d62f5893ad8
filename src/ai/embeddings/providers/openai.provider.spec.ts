import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OutboundHttp } from '../../../platform/http-client/outbound-http.js';
import { OpenAiProvider } from './openai.provider.js';
import type { OpenAiSettings } from './openai.provider.js';

interface Call {
  path: string;
  headers: IncomingHttpHeaders;
  body: { model: string; input: string[]; dimensions?: number };
}

/** Answers with the statuses given, one a call, and then with vectors, the last one first. */
class EmbeddingService {
  readonly calls: Call[] = [];
  statuses: { status: number; headers?: Record<string, string> }[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        const body = JSON.parse(text) as Call['body'];
        this.calls.push({ path: request.url!, headers: request.headers, body });
        const { status, headers } = this.statuses.shift() ?? { status: 200 };
        response.writeHead(status, headers);
        const data = body.input.map((one, index) => ({ index, embedding: [one.length, 1, 0] })).toReversed();
        response.end(JSON.stringify(status === 200 ? { data } : { error: { message: 'not now, key sk-secret' } }));
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/`;
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

describe('the OpenAI-compatible provider', () => {
  let service: EmbeddingService;
  let url: string;
  beforeEach(async () => {
    service = new EmbeddingService();
    url = await service.start();
  });
  afterEach(() => service.stop());
  const provider = (settings: Partial<OpenAiSettings> = {}): OpenAiProvider => {
    const usual = {
      url,
      model: 'm',
      reduction: 'project',
      queryPrefix: 'q: ',
      documentPrefix: '',
      timeoutMs: 5000,
    } as const;
    return new OpenAiProvider({ ...usual, apiKey: 'sk-secret', ...settings }, new OutboundHttp());
  };

  it('asks in batches of 32, and puts the answers in order by their index', async () => {
    const texts = Array.from({ length: 40 }, (_, n) => 'x'.repeat(n + 1));
    const vectors = await provider().embed(texts);
    expect(service.calls.map(({ body }) => body.input.length)).toEqual([32, 8]);
    for (const [n, vector] of vectors.entries()) expect(vector![0] / vector![1]).toBeCloseTo(n + 1, 3);
    const [{ path, headers, body }] = service.calls;
    expect([path, headers.authorization, body.model, body.dimensions]).toEqual([
      '/v1/embeddings',
      'Bearer sk-secret',
      'm',
      undefined,
    ]);
  });

  it('marks questions, and asks for 384 numbers only where that is set', async () => {
    await provider({ reduction: 'parameter' }).embed(['find'], { kind: 'query' });
    expect(service.calls[0].body).toMatchObject({ input: ['q: find'], dimensions: 384 });
  });

  it('tries again when told to wait, and not when the text is refused', async () => {
    service.statuses = [{ status: 429, headers: { 'Retry-After': '0.1' } }, { status: 500 }];
    expect(await provider().embed(['a'])).toHaveLength(1);
    expect(service.calls).toHaveLength(3);
    service.statuses = [{ status: 400 }];
    await expect(provider().embed(['a'])).rejects.toMatchObject({ status: 422, code: 'embeddings.refused' });
    expect(service.calls).toHaveLength(4);
  });

  it('is unavailable when nobody answers, at once after some failures, and never tells the key', async () => {
    service.statuses = Array.from({ length: 5 }, () => ({ status: 401 }));
    const one = provider();
    for (let n = 0; n < 5; n++) {
      const error = await one.embed(['a']).catch((failure: Error) => failure);
      expect(error).toMatchObject({ status: 503, code: 'embeddings.unavailable' });
      expect((error as Error).message).not.toContain('sk-secret');
    }
    await expect(one.embed(['a'])).rejects.toMatchObject({ status: 503 });
    expect(service.calls).toHaveLength(5);
    expect(await one.health()).toMatchObject({ ok: false });
    await service.stop();
    await expect(provider().embed(['a'], { kind: 'query' })).rejects.toMatchObject({ status: 503 });
  });

  it('has an id that tells models, reductions and prefixes apart', () => {
    const ids = [{}, { model: 'n' }, { reduction: 'cut' as const }, { queryPrefix: '' }].map(
      (settings) => provider(settings).id,
    );
    expect(new Set(ids).size).toBe(4);
    expect(ids[3]).toBe('http:m@384+project');
  });
});
