import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { EmbeddingIndexRepository } from '../embedding-index.repository.js';
import type { EmbeddingIndex } from '../embedding-index.repository.js';
import { EmbeddingRepository } from '../embedding.repository.js';
import { EmbeddingProviders } from '../providers/embedding-providers.js';
import { EntryEmbedder } from './entry-embedder.js';

const EVERY_MS = 2000;
const PAGE = 100;
const LONGEST_REST_MS = 2000;

/**
 * Fills the index of the chosen model with the entries there are, and lets it serve when it is whole. The model of a process
 * that starts takes the slot; one that finds another model's index being filled does not take it back.
 */
@Injectable()
export class EmbeddingFill implements OnApplicationBootstrap {
  private readonly logger: Logger;
  private claimed = false;

  constructor(
    private readonly providers: EmbeddingProviders,
    private readonly indexes: EmbeddingIndexRepository,
    private readonly embeddings: EmbeddingRepository,
    private readonly embedder: EntryEmbedder,
    private readonly jobs: Jobs,
    logger: Logger,
  ) {
    this.logger = logger.child('embeddings');
  }

  onApplicationBootstrap(): void {
    if (this.providers.chosen) this.jobs.every('embedding-fill', EVERY_MS, () => this.run(), { lock: true });
  }

  /** Everything that is left to do; ends early, to go on another time, when the process stops. */
  async run(): Promise<void> {
    const model = this.providers.chosen?.id;
    if (model === undefined) return;
    if (!this.claimed) await this.indexes.claim(model);
    this.claimed = true;
    await this.indexes.clearRetired();
    const started = performance.now();
    let done = 0;
    for (let index = await this.indexOf(model); index && !this.jobs.stopping; index = await this.indexOf(model)) {
      const looked = await this.page(index);
      done += looked.embedded;
      if (looked.entries > 0) continue;
      if (index.state === 'serving') return;
      await this.indexes.serve(index);
      const seconds = Math.round((performance.now() - started) / 1000);
      this.logger.info({ model, entries: done, seconds }, 'the vector index is whole and serves');
    }
  }

  private async indexOf(model: string): Promise<EmbeddingIndex | undefined> {
    return (await this.indexes.list()).find((index) => index.model === model && index.state !== 'retired');
  }

  /** A page of entries, and then as much rest as it took work: the machine belongs to the callers. */
  private async page(index: EmbeddingIndex): Promise<{ entries: number; embedded: number }> {
    const started = performance.now();
    let last: string | undefined;
    let entries = 0;
    const embedded = await this.embedder.refresh(index, this.providers.chosen!, async () => {
      const rows = await this.embeddings.after(index, index.filledTo, PAGE);
      entries = rows.length;
      last = rows.at(-1)?.id;
      return rows;
    });
    if (last === undefined) return { entries, embedded };
    await this.indexes.advance(index, last);
    const worked = performance.now() - started;
    if (embedded > 0) await sleep(Math.min(LONGEST_REST_MS, worked), undefined, { ref: false });
    return { entries, embedded };
  }
}
