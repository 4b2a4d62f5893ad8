import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DIMENSIONS } from '../../../entries/vectors/embedding-provider.js';
import type { EmbeddingProvider, EmbedOptions, ProviderHealth } from '../../../entries/vectors/embedding-provider.js';
import { UnavailableError } from '../../../platform/errors/registry-error.js';
import { reduced } from './reduction.js';
import type { Reduction } from './reduction.js';

/** As much of `@huggingface/transformers` as is used; the package is an optional peer and may be absent. */
export interface Transformers {
  env: { allowRemoteModels: boolean; allowLocalModels: boolean; localModelPath: string };
  pipeline(task: 'feature-extraction', model: string, options: { dtype: string }): Promise<Extractor>;
}

type Extractor = (
  texts: string[],
  options: { pooling: 'mean'; normalize: boolean },
) => Promise<{ tolist(): number[][] }>;

export interface TransformersSettings {
  folder: string;
  reduction: Reduction;
  queryPrefix: string;
  documentPrefix: string;
}

const PEER = '@huggingface/transformers';
/** Long texts of one call are filled up to the longest: small batches waste little. */
const BATCH = 16;
const ID_DIGITS = 12;
/** File in `onnx/`, and what transformers calls it. */
const WEIGHTS = [
  ['model.onnx', 'fp32'],
  ['model_quantized.onnx', 'q8'],
] as const;

/** A variable, so that neither the compiler nor a bundler looks for a package that may not be there. */
const importPeer = (name: string = PEER): Promise<Transformers> => import(name) as Promise<Transformers>;

/** A sentence-transformer in ONNX format from a folder, run in this process; nothing is fetched from anywhere. */
export class TransformersProvider implements EmbeddingProvider {
  readonly id: string;
  private readonly dtype: string;
  private extractor?: Promise<Extractor>;

  constructor(
    private readonly settings: TransformersSettings,
    private readonly load: () => Promise<Transformers> = importPeer,
  ) {
    const { folder, reduction, queryPrefix, documentPrefix } = settings;
    const [file, dtype] = weightsOf(folder);
    this.dtype = dtype;
    const prefixes = documentPrefix || queryPrefix ? `+${JSON.stringify([documentPrefix, queryPrefix])}` : '';
    this.id = `onnx:${fingerprint(folder, file)}@${DIMENSIONS}+${reduction}${prefixes}`;
  }

  async embed(texts: readonly string[], { kind, signal }: EmbedOptions = {}): Promise<(Float32Array | null)[]> {
    const { reduction, queryPrefix, documentPrefix } = this.settings;
    const prefix = kind === 'query' ? queryPrefix : documentPrefix;
    const extract = await this.ready();
    const vectors: (Float32Array | null)[] = [];
    for (let at = 0; at < texts.length; at += BATCH) {
      signal?.throwIfAborted();
      const batch = texts.slice(at, at + BATCH).map((text) => prefix + text);
      const answer = await extract(batch, { pooling: 'mean', normalize: true });
      vectors.push(...answer.tolist().map((vector) => reduced(vector, reduction)));
    }
    return vectors;
  }

  async health(): Promise<ProviderHealth> {
    try {
      await this.ready();
      return { ok: true };
    } catch (error) {
      return { ok: false, detail: (error as Error).message };
    }
  }

  private ready(): Promise<Extractor> {
    this.extractor ??= this.open().catch((error: unknown) => {
      this.extractor = undefined;
      throw new UnavailableError(
        'embeddings.unavailable',
        `The model in EMBEDDING_FOLDER cannot be loaded: ${(error as Error).message}`,
        error,
        60,
      );
    });
    return this.extractor;
  }

  private async open(): Promise<Extractor> {
    const peer = await this.load().catch((error: unknown) => {
      throw new Error(`it needs the package ${PEER}, which is not installed`, { cause: error });
    });
    const folder = resolve(this.settings.folder);
    Object.assign(peer.env, { allowRemoteModels: false, allowLocalModels: true, localModelPath: dirname(folder) });
    return peer.pipeline('feature-extraction', basename(folder), { dtype: this.dtype });
  }
}

function weightsOf(folder: string): readonly [string, string] {
  const found = WEIGHTS.find(([file]) => existsSync(join(folder, 'onnx', file)));
  if (!found) throw new Error(`EMBEDDING_FOLDER must have onnx/model.onnx or onnx/model_quantized.onnx: ${folder}`);
  return found;
}

/** Of all that shapes a vector: the weights, and how texts are cut. */
function fingerprint(folder: string, weights: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort(); // prettier-ignore
  for (const name of [...files, join('onnx', weights)])
    hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, ID_DIGITS);
}
