import { Injectable } from '@nestjs/common';
import { EntryIds } from '../../entries/entry-ids.js';
import { toSummaryResponse } from '../../entries/entry-response.js';
import type { SummaryResponse } from '../../entries/entry-response.js';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import { NotFoundError } from '../../platform/errors/registry-error.js';
import type { NodeId } from '../engine/neighbor-source.js';
import { entryNamed } from '../graph-node.js';
import { GraphRepository } from '../graph.repository.js';
import { declaredNames, wordsThatMayBeNames } from './declared-names.js';
import { SuggestionsRepository } from './suggestions.repository.js';
import type { Described } from './suggestions.repository.js';

export const SUGGESTION_KINDS = ['declared', 'shared_neighbors', 'mentioned', 'similar'] as const;

export interface SuggestionReason {
  kind: (typeof SUGGESTION_KINDS)[number];
  /** From 0 to 1. */
  score: number;
  detail: string;
}

export interface Suggestion {
  /** The entry at the other end. */
  entity: SummaryResponse;
  source_id: string;
  target_id: string;
  type: string;
  /** From 0 to 1: what all reasons come to. */
  score: number;
  /** The strongest one. */
  reason: string;
  reasons: SuggestionReason[];
}

interface Candidate {
  type: string;
  direction: 'out' | 'in';
  reasons: SuggestionReason[];
}

/** How sure a name makes it: written as needed, by one of the same type or another; in a text, by how like a name it looks. */
const SCORES = { declaredSameType: 0.95, declared: 0.8, mentionedName: 0.5, mentionedWord: 0.25, similar: 0.6 };
const MOST_CANDIDATES = 100;
const NEAREST = 20;

/** Relationships that probably should exist. */
@Injectable()
export class SuggestionsService {
  constructor(
    private readonly ids: EntryIds,
    private readonly graph: GraphRepository,
    private readonly repository: SuggestionsRepository,
    private readonly vectors: VectorSearch,
  ) {}

  /** Most probable first. */
  async for(idOrKey: string, limit: number): Promise<Suggestion[]> {
    const id = await entryNamed(this.ids, 'id', idOrKey);
    const described = await this.repository.described(id);
    if (!described) throw new NotFoundError('entity', idOrKey);
    const candidates = new Candidates();
    await this.declared(id, described, candidates);
    await this.sharing(id, candidates);
    await this.mentioned(id, described, candidates);
    await this.alike(id, candidates);
    const best = candidates.best(limit);
    const rows = await this.graph.summaries([id, ...best.map(([other]) => other)]);
    const own = rows.get(id);
    if (!own) throw new NotFoundError('entity', idOrKey);
    return best.flatMap(([other, { type, direction, reasons }]) => {
      const row = rows.get(other);
      if (!row) return [];
      const [source_id, target_id] = direction === 'out' ? [own.uid, row.uid] : [row.uid, own.uid];
      const score = rounded(togetherOf(reasons));
      return [
        { entity: toSummaryResponse(row), source_id, target_id, type, score, reason: reasons[0].detail, reasons },
      ];
    });
  }

  private async declared(id: NodeId, { kind, metadata, spec }: Described, candidates: Candidates): Promise<void> {
    for (const found of await this.repository.named(id, declaredNames(metadata, spec))) {
      const score = found.kind === kind ? SCORES.declaredSameType : SCORES.declared;
      const detail = `${JSON.stringify(found.name)} is declared as needed`;
      candidates.add(found.id, { kind: 'declared', score, detail });
    }
  }

  private async sharing(id: NodeId, candidates: Candidates): Promise<void> {
    for (const { id: other, index, shared, type, direction } of await this.repository.sharingNeighbors(
      id,
      MOST_CANDIDATES,
    )) {
      const detail = shared === 1 ? 'one neighbour in common' : `${shared} neighbours in common`;
      const reason = { kind: 'shared_neighbors', score: rounded(index / (index + 2)), detail } as const;
      candidates.add(other, reason, { type, direction });
    }
  }

  private async mentioned(id: NodeId, { title, description }: Described, candidates: Candidates): Promise<void> {
    const words = wordsThatMayBeNames(`${title ?? ''} ${description ?? ''}`);
    for (const { id: other, name } of await this.repository.named(id, words)) {
      const score = /[-._+0-9]/.test(name) ? SCORES.mentionedName : SCORES.mentionedWord;
      candidates.add(other, { kind: 'mentioned', score, detail: `the text mentions ${JSON.stringify(name)}` });
    }
  }

  private async alike(id: NodeId, candidates: Candidates): Promise<void> {
    const nearest = (await this.vectors.nearestTo(String(id), { limit: NEAREST })) ?? [];
    if (nearest.length === 0) return;
    const { floor } = await this.vectors.state();
    const unrelated = await this.repository.unrelated(
      id,
      nearest.map((entry) => Number(entry.id)),
    );
    for (const { id: other, similarity } of nearest) {
      if (!unrelated.has(Number(other))) continue;
      // Up to the floor nearness says nothing.
      const alike = Math.max(0, (similarity - floor) / (1 - floor));
      if (alike === 0) continue;
      const score = rounded(SCORES.similar * alike);
      const detail = `about much the same (${Math.round(alike * 100)} %)`;
      candidates.add(Number(other), { kind: 'similar', score, detail }, { type: 'related_to', direction: 'out' });
    }
  }
}

class Candidates {
  private readonly found = new Map<NodeId, Candidate>();

  /** The first reason says how they would be related. */
  add(
    id: NodeId,
    reason: SuggestionReason,
    { type, direction }: Pick<Candidate, 'type' | 'direction'> = { type: 'depends_on', direction: 'out' },
  ): void {
    const known = this.found.get(id);
    if (!known) this.found.set(id, { type, direction, reasons: [reason] });
    else if (known.reasons.every(({ kind }) => kind !== reason.kind)) known.reasons.push(reason);
  }

  best(limit: number): [NodeId, Candidate][] {
    for (const { reasons } of this.found.values()) reasons.sort((a, b) => b.score - a.score);
    return [...this.found]
      .sort(([a, one], [b, other]) => togetherOf(other.reasons) - togetherOf(one.reasons) || a - b)
      .slice(0, limit);
  }
}

/** As independent reasons: what is left to doubt after each. */
const togetherOf = (reasons: readonly SuggestionReason[]): number =>
  1 - reasons.reduce((doubt, { score }) => doubt * (1 - score), 1);

const rounded = (score: number): number => Math.round(score * 1000) / 1000;
