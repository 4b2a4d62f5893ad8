import { Injectable } from '@nestjs/common';
import type { EmbeddingProvider } from '../../../entries/vectors/embedding-provider.js';
import { ImpossibleError } from '../../../platform/errors/registry-error.js';
import { Logger } from '../../../platform/logging/logger.js';
import type { EmbeddingIndex } from '../embedding-index.repository.js';
import { EmbeddingRepository } from '../embedding.repository.js';
import type { EmbeddableRow, NewVector } from '../embedding.repository.js';
import { hashOf, textOf } from '../entry-text.js';

interface Due extends NewVector {
  text: string;
}

/** Brings the vectors of entries to their texts. */
@Injectable()
export class EntryEmbedder {
  private readonly logger: Logger;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly embeddings: EmbeddingRepository,
    logger: Logger,
  ) {
    this.logger = logger.child('embeddings');
  }

  /**
   * Embeds what of these rows has changed, and answers how many. One call after the other: two at once would embed the same
   * entries twice.
   * @throws UnavailableError when the model cannot be had now; what was done until then stays
   */
  refresh(index: EmbeddingIndex, provider: EmbeddingProvider, read: () => Promise<EmbeddableRow[]>): Promise<number> {
    const turn = this.running.then(async () => this.embed(index, provider, changedOf(await read())));
    this.running = turn.catch(() => undefined);
    return turn;
  }

  private async embed(index: EmbeddingIndex, provider: EmbeddingProvider, due: Due[]): Promise<number> {
    const atOnce = this.embeddings.writtenAtOnce;
    for (let at = 0; at < due.length; at += atOnce) {
      const batch = due.slice(at, at + atOnce);
      const vectors = await this.vectors(provider, batch);
      await this.embeddings.write(
        index,
        batch.map((one, n) => ({ ...one, vector: vectors[n] })),
      );
    }
    return due.length;
  }

  /** A text that the model refuses for good has no vector and holds up no other. */
  private async vectors(provider: EmbeddingProvider, batch: readonly Due[]): Promise<(Float32Array | null)[]> {
    try {
      return await provider.embed(batch.map(({ text }) => text));
    } catch (error) {
      if (!(error instanceof ImpossibleError)) throw error;
      if (batch.length > 1) {
        const each: (Float32Array | null)[] = [];
        for (const one of batch) each.push(...(await this.vectors(provider, [one])));
        return each;
      }
      this.logger.warn({ entry_id: batch[0].id, err: error }, 'a text was refused and has no vector');
      return [null];
    }
  }
}

function changedOf(rows: readonly EmbeddableRow[]): Due[] {
  return rows.flatMap((row) => {
    if (row.embedded_revision === row.revision) return [];
    const text = textOf(row);
    const hash = hashOf(text);
    return row.content_hash?.equals(hash) ? [] : [{ id: row.id, revision: row.revision, hash, text, vector: null }];
  });
}
