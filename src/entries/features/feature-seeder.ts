import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { EntryBulkWriter } from '../bulk/entry-bulk.writer.js';
import { ClassificationRuleRepository } from '../classification/classification-rule.repository.js';
import { Classifier } from '../classification/classifier.js';
import { draftOf } from '../entry-draft.js';
import { FEATURE_SEEDS, namespaceOf } from './feature-categories.js';

const SEED = 'feature-categories';

/** Puts the eight categories and their rules into a new database, once: what an operator removes stays removed. */
@Injectable()
export class FeatureSeeder implements OnApplicationBootstrap {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly entries: EntryBulkWriter,
    private readonly rules: ClassificationRuleRepository,
    private readonly classifier: Classifier,
    private readonly audit: AuditTrail,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.uow.run(() => this.seed());
    this.classifier.invalidate();
  }

  private async seed(): Promise<void> {
    // Of many replicas starting at once one inserts the mark; the others wait for its commit and find it there.
    const marked = await this.uow.query('INSERT INTO seed (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING name', [
      SEED,
    ]);
    if (marked.length === 0) return;
    const drafts = FEATURE_SEEDS.map(({ name, title, description, icon, category }) =>
      draftOf({
        type: 'feature',
        name,
        title,
        description,
        feature: name,
        metadata: { icon, category, namespace: namespaceOf(name) },
      }),
    );
    await this.entries.write(
      drafts.map((item, index) => ({ index, item })),
      'skip',
    );
    for (const { name, rule, confidence } of FEATURE_SEEDS) {
      const after = await this.rules.insert({ match: rule, feature: name, confidence, priority: 0 });
      const subject = { type: 'classification_rule', id: after.id };
      await this.audit.record({ action: 'classification_rule.create', subject, after });
    }
  }
}
