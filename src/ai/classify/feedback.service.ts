import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { EntryIds } from '../../entries/entry-ids.js';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ImpossibleError, NotFoundError } from '../../platform/errors/registry-error.js';
import { currentRequest } from '../../platform/http/request-context.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { TextModels } from '../text/text-models.js';
import { ExampleRepository } from './example.repository.js';
import type { ExampleRow } from './example.repository.js';

/** All are compared with every text that is classified. */
const MOST_EXAMPLES = 10_000;
const UPKEEP_MS = 30_000;
const AT_ONCE = 50;
/** As much of a text as its vector is made of. */
const LETTERS = 800;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface Feedback {
  text: string;
  category?: string | null;
  feature?: string | null;
}

/** What people said a text is: from then on a neighbour to texts like it. */
@Injectable()
export class FeedbackService implements OnApplicationBootstrap {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly examples: ExampleRepository,
    private readonly models: TextModels,
    private readonly search: VectorSearch,
    private readonly ids: EntryIds,
    private readonly audit: AuditTrail,
    private readonly jobs: Jobs,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.every('classification-examples', UPKEEP_MS, () => this.placeStrangers(), { lock: true });
  }

  list(limit: number, offset: number): Promise<{ rows: ExampleRow[]; more: boolean }> {
    return this.examples.list(limit, offset);
  }

  count(): Promise<number> {
    return this.examples.count();
  }

  /** @throws ImpossibleError for an unknown feature, or when there are as many as may be */
  async tell({ text, category, feature }: Feedback): Promise<ExampleRow> {
    const placed = await this.models.place(text.slice(0, LETTERS));
    const hash = createHash('sha256').update(text).digest();
    const actor = currentRequest()?.principal?.id ?? 'system';
    return this.uow.run(async () => {
      if (feature && !(await this.ids.find(`feature_${feature}`)))
        throw new ImpossibleError('classification.unknown_feature', `There is no feature category ${JSON.stringify(feature)}.`, [
          { field: 'feature', message: 'names no feature category' },
        ]); // prettier-ignore
      if ((await this.examples.count()) >= MOST_EXAMPLES)
        throw new ImpossibleError('ai.too_many_examples', `There are ${MOST_EXAMPLES} texts told, as many as there may be.`); // prettier-ignore
      const after = await this.examples.save({
        id: uuidv7(),
        text,
        hash,
        category: category ?? null,
        feature: feature ?? null,
        model: placed.model,
        vector: placed.vector,
        actor,
      });
      await this.audit.record({ action: 'ai_feedback.create', subject: subjectOf(after), after: toldOf(after) });
      return after;
    });
  }

  /** @throws NotFoundError */
  async forget(id: string): Promise<void> {
    if (!UUID.test(id)) throw new NotFoundError('feedback', id);
    await this.uow.run(async () => {
      const before = await this.examples.delete(id);
      if (!before) throw new NotFoundError('feedback', id);
      await this.audit.record({ action: 'ai_feedback.delete', subject: subjectOf(before), before: toldOf(before) });
    });
  }

  /** Brings texts into the space of the model that serves by now, so that they can be neighbours again. */
  async placeStrangers(): Promise<void> {
    const model = (await this.search.model()) ?? this.models.local.id;
    const provider = this.models.of(model);
    if (!provider) return;
    for (;;) {
      const strangers = await this.examples.strangers(model, AT_ONCE);
      if (strangers.length === 0 || this.jobs.stopping) return;
      const vectors = await provider.embed(strangers.map(({ text }) => text.slice(0, LETTERS)));
      for (const [at, { id }] of strangers.entries()) await this.examples.place(id, model, vectors[at]);
    }
  }
}

const subjectOf = ({ id }: ExampleRow) => ({ type: 'ai_feedback', id });
/** The trail keeps who said what of which text, not a second copy of a long text. */
const toldOf = ({ text, category, feature }: ExampleRow) => ({
  text: [...text].slice(0, 200).join(''),
  category,
  feature,
});
