import { Injectable } from '@nestjs/common';
import { HandlesEvents } from '../../entries/event-handler.js';
import type { EventHandler, SequencedEvent } from '../../entries/event-handler.js';
import { VocabularyRepository } from './vocabulary.repository.js';
import type { WordSource } from './vocabulary.repository.js';

/** Learns the words of new and changed entries. Adding a word that is there changes nothing, so a repeat does no harm. */
@Injectable()
@HandlesEvents('search-vocabulary', ['entity_created', 'entity_updated'], { share: 0.05 })
export class VocabularyHandler implements EventHandler {
  constructor(private readonly vocabulary: VocabularyRepository) {}

  async handle(events: SequencedEvent[]): Promise<void> {
    const sources = events.flatMap(({ payload }) => {
      const entity = payload.entity as
        (Partial<WordSource> & { security_context?: { visibility?: unknown } }) | undefined;
      // The words of what not everyone may see are suggested to nobody.
      if (entity?.security_context?.visibility === 'restricted') return [];
      return entity?.name ? [{ name: entity.name, title: entity.title ?? null, tags: entity.tags ?? [] }] : [];
    });
    if (sources.length > 0) await this.vocabulary.learn(sources);
  }
}
