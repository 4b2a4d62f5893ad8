import { Injectable } from '@nestjs/common';
import { DIMENSIONS } from '../entries/vectors/embedding-provider.js';
import type { EmbeddingProvider, ProviderHealth } from '../entries/vectors/embedding-provider.js';
import { Env } from '../platform/env/env.js';
import { ExampleRepository } from './classify/example.repository.js';
import { isCalibrated } from './classify/confidence.js';
import { EmbeddingIndexRepository } from './embeddings/embedding-index.repository.js';
import type { EmbeddingIndex } from './embeddings/embedding-index.repository.js';
import { EmbeddingProviders } from './embeddings/providers/embedding-providers.js';
import { AiStatusRepository } from './status.repository.js';
import { TextCache } from './text/text-cache.js';
import { TextModels } from './text/text-models.js';

const PATIENCE_MS = 2000;

export interface AiStatusAnswer {
  provider: string;
  model: string | null;
  dimensions: number;
  ok: boolean;
  detail: string | null;
  queue_depth: number;
  indexes: { model: string; state: EmbeddingIndex['state'] }[];
  text_model: string;
  calibrated: boolean;
  examples: number;
  cache: { entries: number; bytes: number; hit_rate: number | null };
}

/** How the engine is. */
@Injectable()
export class AiStatusService {
  constructor(
    private readonly env: Env,
    private readonly providers: EmbeddingProviders,
    private readonly indexes: EmbeddingIndexRepository,
    private readonly models: TextModels,
    private readonly examples: ExampleRepository,
    private readonly cache: TextCache,
    private readonly status: AiStatusRepository,
  ) {}

  async read(): Promise<AiStatusAnswer> {
    const { chosen } = this.providers;
    const indexes = await this.indexes.list();
    const { ok, detail } = chosen ? await healthOf(chosen) : { ok: true, detail: 'vectors are switched off' };
    return {
      provider: this.env.embeddingProvider,
      model: chosen?.id ?? null,
      dimensions: DIMENSIONS,
      ok,
      detail: detail ?? null,
      queue_depth: chosen ? await this.depth(indexes.find(({ model }) => model === chosen.id)) : 0,
      indexes: indexes.map(({ model, state }) => ({ model, state })),
      text_model: this.models.local.id,
      calibrated: isCalibrated(chosen?.id ?? this.models.local.id),
      examples: await this.examples.count(),
      cache: this.cache.figures,
    };
  }

  /** While an index is being filled its entries wait, later their changes; either may be the longer queue. */
  private async depth(index: EmbeddingIndex | undefined): Promise<number> {
    const entries = await this.status.entriesAfter(index?.filledTo ?? '0');
    return Math.max(entries, await this.status.eventsLeft());
  }
}

/** A provider that takes its time counts as one that is away. */
async function healthOf(provider: EmbeddingProvider): Promise<ProviderHealth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ProviderHealth>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, { ok: false, detail: `no answer within ${PATIENCE_MS} ms` });
  });
  try {
    return await Promise.race([provider.health(), late]);
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
