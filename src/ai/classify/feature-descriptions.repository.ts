import { Injectable } from '@nestjs/common';
import { visible } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface FeatureRow {
  name: string;
  title: string | null;
  description: string | null;
}

/** More categories than this say nothing clear of any. */
const MOST_FEATURES = 200;

@Injectable()
export class FeatureDescriptionsRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The feature categories there are, as far as the caller may see them, oldest first. */
  list(): Promise<FeatureRow[]> {
    const values: unknown[] = [MOST_FEATURES];
    return this.uow.query<FeatureRow & object>(
      `SELECT e.name, e.title, left(e.description, 800) AS description FROM entry e
       WHERE e.kind = 'feature' AND ${visible('e.id', values)} ORDER BY e.id LIMIT $1`,
      values,
    );
  }
}
