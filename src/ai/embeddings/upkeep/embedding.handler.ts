import { Injectable } from '@nestjs/common';
import { HandlesEvents } from '../../../entries/event-handler.js';
import type { EventHandler, SequencedEvent } from '../../../entries/event-handler.js';
import { Logger } from '../../../platform/logging/logger.js';
import { EmbeddingIndexRepository } from '../embedding-index.repository.js';
import type { EmbeddingIndex } from '../embedding-index.repository.js';
import { EmbeddingRepository } from '../embedding.repository.js';
import { EmbeddingProviders } from '../providers/embedding-providers.js';
import { EntryEmbedder } from './entry-embedder.js';

/**
 * Follows what changes. While the model cannot be had the events wait: the relay gives them again after a pause that
 * grows. Half of the time is left to others.
 */
@Injectable()
@HandlesEvents('embeddings', ['entity_created', 'entity_updated'], { share: 0.5, batch: 100 })
export class EmbeddingHandler implements EventHandler {
  private readonly logger: Logger;

  constructor(
    private readonly providers: EmbeddingProviders,
    private readonly indexes: EmbeddingIndexRepository,
    private readonly embeddings: EmbeddingRepository,
    private readonly embedder: EntryEmbedder,
    logger: Logger,
  ) {
    this.logger = logger.child('embeddings');
  }

  /** Looks at the entries as they are now, so an event that comes twice, or late, does no harm. */
  async handle(events: SequencedEvent[]): Promise<void> {
    const ids = [...new Set(events.flatMap(({ entryId }) => (entryId === null ? [] : [entryId])))];
    if (ids.length === 0) return;
    for (const index of await this.indexes.list()) if (index.state !== 'retired') await this.follow(index, ids);
  }

  /** Only the chosen model's index holds up the feed, once it serves; another must not hold up that one. */
  private async follow(index: EmbeddingIndex, ids: readonly string[]): Promise<void> {
    const provider = this.providers.of(index.model);
    try {
      if (provider) {
        await this.embedder.refresh(index, provider, () => this.embeddings.of(index, ids));
        return;
      }
    } catch (err) {
      if (index.state === 'serving' && provider === this.providers.chosen) throw err;
      this.logger.warn({ model: index.model, err }, 'an index was left behind for now');
    }
    // Whoever has the model looks at these entries again.
    const [first] = ids.map(BigInt).sort((a, b) => (a < b ? -1 : 1));
    await this.indexes.setBack(index, String(first));
  }
}
