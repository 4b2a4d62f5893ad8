import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

/** What is known of entries beside words and meaning. */
@Injectable()
export class CandidateRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** By inside id; entries that are gone meanwhile are absent. */
  async popularity(ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.uow.query<{ id: string; popularity: number }>(
      'SELECT id, popularity FROM entry WHERE id = ANY($1::bigint[])',
      [ids],
      'search-popularity-of',
    );
    return new Map(rows.map(({ id, popularity }) => [id, popularity]));
  }
}
