import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalProvider } from '../providers/local.provider.js';
import { readHeading, readModel, shippedModel } from './model-file.js';

const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * b[at], 0);

describe('the model that comes with the service', () => {
  const provider = new LocalProvider();
  const vectorsOf = async (...texts: string[]): Promise<Float32Array[]> =>
    (await provider.embed(texts)).map((vector) => vector!);

  it('is one file of at most 10 MB whose id is the checksum of what it holds', async () => {
    expect((await stat(shippedModel())).size).toBeLessThanOrEqual(10_000_000);
    expect(provider.id).toMatch(/^static-en-384@[0-9a-f]{12}$/);
    const { heading, words, scales } = await readModel(shippedModel());
    expect(heading).toMatchObject({ id: provider.id, dimensions: 384, bits: 4, words: words.length });
    expect(scales).toHaveLength(heading.words + heading.buckets);
  });

  it('makes vectors of unit length in the order of the texts, and none of a text without words', async () => {
    const [one, none, other] = await provider.embed(['web server', ' … ', 'image editor']);
    expect(none).toBeNull();
    for (const vector of [one!, other!]) {
      expect(vector).toHaveLength(384);
      expect(cosine(vector, vector)).toBeCloseTo(1, 5);
    }
    expect((await vectorsOf('image editor'))[0]).toEqual(other);
  });

  it('puts what means the same near, and a mistyped word near the right one', async () => {
    const [question, server, painting] = await vectorsOf(
      'serve web pages',
      'HTTP server with modules for dynamic content',
      'drawing program for digital painters',
    );
    expect(cosine(question, server)).toBeGreaterThan(cosine(question, painting) + 0.1);
    const [right, wrong, far] = await vectorsOf('postgresql', 'postgersql', 'gardening');
    expect(cosine(right, wrong)).toBeGreaterThan(cosine(right, far) + 0.1);
  });

  it('says how it was judged, and which cosines are near', () => {
    expect(readHeading(shippedModel()).evaluation).toMatchObject({ cosines: { random: {}, related: {} } });
  });

  it('is refused when a byte of it is wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'model-'));
    try {
      const bytes = await readFile(shippedModel());
      bytes[bytes.length - 1] ^= 1;
      await writeFile(join(folder, 'damaged.bin'), bytes);
      await expect(new LocalProvider(join(folder, 'damaged.bin')).embed(['a'])).rejects.toThrow('is not the model');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
