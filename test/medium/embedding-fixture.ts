import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Random } from '../support/random.js';

const DIMENSIONS = 384;

/** A direction by chance. */
export function unitVector(draw: Random): Float32Array {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - draw.next())) * Math.cos(2 * Math.PI * draw.next());
  const values = Float32Array.from({ length: DIMENSIONS }, normal);
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

/** Each word has a place: texts with the same words are near. */
function vectorOf(text: string): number[] {
  const vector = Array.from({ length: DIMENSIONS }, () => 0);
  for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? []) {
    let place = 7;
    for (const letter of word) place = (place * 31 + letter.charCodeAt(0)) % DIMENSIONS;
    vector[place] += 1;
  }
  return vector;
}

/** An OpenAI-compatible service in this process, which can be away, and refuses texts that say `poison`. */
export class EmbeddingService {
  away = false;
  texts = 0;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        const { input } = JSON.parse(text) as { input: string[] };
        const status = this.away ? 503 : input.some((one) => one.includes('poison')) ? 400 : 200;
        if (status === 200) this.texts += input.length;
        response.writeHead(status);
        response.end(JSON.stringify({ data: input.map((one, index) => ({ index, embedding: vectorOf(one) })) }));
      });
    });
  }

  /** Variables of an application that asks this service. */
  async start(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    return {
      EMBEDDING_PROVIDER: 'openai',
      EMBEDDING_URL: `http://127.0.0.1:${port}/v1`,
      EMBEDDING_MODEL: 'words',
      OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => void this.server.close(resolve));
  }
}
