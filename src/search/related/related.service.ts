import { Injectable } from '@nestjs/common';
import { EntryIds } from '../../entries/entry-ids.js';
import { toSummaryResponse } from '../../entries/entry-response.js';
import type { SummaryResponse } from '../../entries/entry-response.js';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import { RelatedRepository } from './related.repository.js';
import type { DirectRow } from './related.repository.js';

export const RELATED_REASONS = ['meaning', 'relationship', 'shared', 'source'] as const;
export type RelatedReasonKind = (typeof RELATED_REASONS)[number];

export interface RelatedReason {
  kind: RelatedReasonKind;
  /** 0 to 1. */
  score: number;
  detail: string;
}

export interface RelatedEntry extends SummaryResponse {
  /** 0 to 1: what all reasons come to. */
  score: number;
  /** Strongest first. */
  reasons: RelatedReason[];
}

/** How sure each reason makes it by itself, at its best. */
const WORTH: Record<RelatedReasonKind, number> = { meaning: 0.8, relationship: 0.7, shared: 0.6, source: 0.5 };
const MOST_NEAR = 50;

/** Entries that have to do with one: by what they are about, by relationships, by where they come from. */
@Injectable()
export class RelatedService {
  constructor(
    private readonly ids: EntryIds,
    private readonly related: RelatedRepository,
    private readonly vectors: VectorSearch,
  ) {}

  /**
   * Best first. Without vectors the other reasons stand alone.
   * @throws NotFoundError (`entity.not_found`)
   */
  async to(
    idOrKey: string,
    limit: number,
    kinds: readonly RelatedReasonKind[] = RELATED_REASONS,
  ): Promise<RelatedEntry[]> {
    const { id } = await this.ids.resolve(idOrKey);
    const found = new Reasons();
    if (kinds.includes('meaning')) await this.byMeaning(id, found);
    if (kinds.includes('relationship'))
      for (const row of await this.related.direct(id)) found.add(row.id, 'relationship', closeness(row), told(row));
    if (kinds.includes('shared'))
      for (const { id: other, shared, share } of await this.related.sharing(id))
        found.add(other, 'shared', share, `leads to ${shared} of what this one leads to`);
    if (kinds.includes('source'))
      for (const { id: other, fields } of await this.related.sameSource(id))
        found.add(other, 'source', 1, `has the same ${fields.join(' and ')} in its metadata`);
    const best = found.best(limit);
    const rows = await this.related.summaries(best.map(([other]) => other));
    return best.flatMap(([other, score, reasons]) => {
      const row = rows.get(other);
      return row ? [{ ...toSummaryResponse(row), score, reasons }] : [];
    });
  }

  private async byMeaning(id: string, found: Reasons): Promise<void> {
    const { floor } = await this.vectors.state();
    for (const { id: other, similarity } of (await this.vectors.nearestTo(id, { limit: MOST_NEAR })) ?? [])
      if (similarity > floor)
        found.add(
          other,
          'meaning',
          (similarity - floor) / (1 - floor),
          `is about the like (cosine ${similarity.toFixed(2)})`,
        );
  }
}

/** What thousands are related to is close to none of them. */
const closeness = ({ degree }: DirectRow): number => 1 / (1 + Math.log(Math.max(1, degree)) / 3);

const told = ({ direction, types }: DirectRow): string =>
  direction === 'out' ? `this one ${types.join(', ')} it` : `it ${types.join(', ')} this one`;

class Reasons {
  private readonly byId = new Map<string, RelatedReason[]>();

  add(id: string, kind: RelatedReasonKind, score: number, detail: string): void {
    const reasons = this.byId.get(id) ?? [];
    reasons.push({ kind, score: round(Math.min(1, Math.max(0, score))), detail });
    this.byId.set(id, reasons);
  }

  /** Independent reasons add up as chances do. */
  best(limit: number): [id: string, score: number, reasons: RelatedReason[]][] {
    const worth = ({ kind, score }: RelatedReason): number => WORTH[kind] * score;
    return [...this.byId]
      .map(([id, reasons]): [string, number, RelatedReason[]] => [
        id,
        round(1 - reasons.reduce((doubt, reason) => doubt * (1 - worth(reason)), 1)),
        reasons.sort((a, b) => worth(b) - worth(a)),
      ])
      .sort((a, b) => b[1] - a[1] || Number(BigInt(a[0]) - BigInt(b[0])))
      .slice(0, limit);
  }
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;
