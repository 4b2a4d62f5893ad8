import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { ClassificationResult } from './classifier.js';

export interface ClassifiedEntry {
  /** Inside id. */
  entryId: string;
  classification: ClassificationResult;
}

/** Remembers which entries were given their feature by the service itself: they are no examples to learn from. */
@Injectable()
export class ClassifiedEntryRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** New entries only; those that were left without a feature are not remembered. */
  async insert(entries: readonly ClassifiedEntry[]): Promise<void> {
    const given = entries.filter(({ classification }) => classification.feature !== null);
    if (given.length === 0) return;
    await this.uow.query(
      `INSERT INTO entry_classification (entry_id, feature, confidence, rule)
       SELECT * FROM unnest($1::bigint[], $2::text[], $3::real[], $4::text[])`,
      [
        given.map(({ entryId }) => entryId),
        given.map(({ classification }) => classification.feature),
        given.map(({ classification }) => classification.confidence),
        given.map(({ classification }) => classification.rule),
      ],
      'entry-classification-insert',
    );
  }
}
