import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { TransformersProvider } from './transformers.provider.js';
import type { Transformers } from './transformers.provider.js';

describe('the provider of a folder with an ONNX model', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onnx-'));
    await mkdir(join(folder, 'onnx'));
    await writeFile(join(folder, 'config.json'), '{}');
    await writeFile(join(folder, 'onnx', 'model.onnx'), 'weights');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const settings = () => ({ folder, reduction: 'project' as const, queryPrefix: 'query: ', documentPrefix: '' });

  it('asks the package for the folder alone, and never a hub', async () => {
    const asked: unknown[] = [];
    const peer: Transformers = {
      env: { allowRemoteModels: true, allowLocalModels: false, localModelPath: '' },
      pipeline: async (...args) => {
        asked.push(args, { ...peer.env });
        return async (texts) => ({ tolist: () => texts.map((text) => [text.length, 0]) });
      },
    };
    const provider = new TransformersProvider(settings(), async () => peer);
    const vectors = await provider.embed(['ab'], { kind: 'query' });
    expect(vectors[0]!.slice(0, 2)).toEqual(Float32Array.of(1, 0));
    const env = { allowRemoteModels: false, allowLocalModels: true, localModelPath: dirname(folder) };
    expect(asked).toEqual([['feature-extraction', basename(folder), { dtype: 'fp32' }], env]);
  });

  it('is another model when a byte of its files is another', async () => {
    const before = new TransformersProvider(settings()).id;
    await writeFile(join(folder, 'onnx', 'model.onnx'), 'Weights');
    expect(new TransformersProvider(settings()).id).not.toBe(before);
  });

  it('says what it lacks: the package, or the weights', async () => {
    const provider = new TransformersProvider(settings(), async () => Promise.reject(new Error('not found')));
    await expect(provider.embed(['a'])).rejects.toMatchObject({ status: 503 });
    expect((await provider.health()).detail).toContain('@huggingface/transformers');
    await rm(join(folder, 'onnx', 'model.onnx'));
    expect(() => new TransformersProvider(settings())).toThrow('EMBEDDING_FOLDER');
  });
});
