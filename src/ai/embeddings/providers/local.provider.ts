import { setImmediate as turn } from 'node:timers/promises';
import type { EmbeddingProvider, EmbedOptions, ProviderHealth } from '../../../entries/vectors/embedding-provider.js';
import { readHeading, readModel, shippedModel } from '../static/model-file.js';
import { StaticModel } from '../static/static-model.js';

/** Milliseconds after which other work of the process gets its turn. */
const SLICE_MS = 4;

/** The model that comes with the service: no network, no native code, read when first needed (23 MB). */
export class LocalProvider implements EmbeddingProvider {
  readonly id: string;
  readonly floor?: number;
  private model?: Promise<StaticModel>;

  constructor(private readonly path: string = shippedModel()) {
    const { id, evaluation } = readHeading(path);
    this.id = id;
    this.floor = (evaluation as { cosines?: { random?: { p99?: number } } } | undefined)?.cosines?.random?.p99;
  }

  async embed(texts: readonly string[], { signal }: EmbedOptions = {}): Promise<(Float32Array | null)[]> {
    const model = await this.load();
    const vectors: (Float32Array | null)[] = [];
    let started = performance.now();
    for (const text of texts) {
      signal?.throwIfAborted();
      vectors.push(model.embed(text));
      if (performance.now() - started < SLICE_MS) continue;
      await turn();
      started = performance.now();
    }
    return vectors;
  }

  async health(): Promise<ProviderHealth> {
    await this.load();
    return { ok: true };
  }

  private load(): Promise<StaticModel> {
    this.model ??= readModel(this.path).then((file) => new StaticModel(file));
    return this.model;
  }
}
