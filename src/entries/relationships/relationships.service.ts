import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ImpossibleError, NotFoundError, RegistryError } from '../../platform/errors/registry-error.js';
import { RelationshipBulkWriter, checkMetadata } from '../bulk/relationship-bulk.writer.js';
import { EntryIds } from '../entry-ids.js';
import { Outbox } from '../outbox.js';
import type { RelationshipCreate } from '../http/relationship.dto.js';
import { HealthPropagation, isNeed } from '../health/health-propagation.js';
import type { Need } from '../health/health-propagation.js';
import { changeEvents, removalEvents } from './relationship-events.js';
import { RelationshipRepository } from './relationship.repository.js';
import type { RelationshipFilter } from './relationship.repository.js';
import type { RelationshipRow } from './relationship-response.js';
import { RelationshipTypes } from './relationship-types.js';

export interface RelationshipQuestion {
  source?: string;
  target?: string;
  /** Id or key of an entry at either end. */
  entry?: string;
  types?: readonly string[];
}

/** Relates entries, changes and dissolves relationships: each change one transaction with its event. */
@Injectable()
export class RelationshipsService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly ids: EntryIds,
    private readonly types: RelationshipTypes,
    private readonly repository: RelationshipRepository,
    private readonly writer: RelationshipBulkWriter,
    private readonly outbox: Outbox,
    private readonly health: HealthPropagation,
  ) {}

  /** @throws RegistryError 404 unknown end, 409 there already, 422 self-loop */
  relate(edge: RelationshipCreate): Promise<RelationshipRow> {
    checkMetadata(edge.metadata);
    return this.uow.run(async () => {
      const [result] = await this.writer.write([{ index: 0, item: edge }], 'fail');
      if (result.error) {
        const { status, code, detail, errors } = result.error;
        throw new RegistryError(
          status,
          code,
          detail,
          status === 409 ? 'Conflict' : status === 404 ? 'Not found' : 'Impossible',
          'info',
          { errors },
        );
      }
      return this.get(result.id!);
    });
  }

  /** @throws NotFoundError `relationship.not_found` */
  async get(id: string): Promise<RelationshipRow> {
    return found(id, isId(id) ? await this.repository.find(id) : undefined);
  }

  /** A filter by inside ids; undefined when the types asked for do not exist, so that nothing can match. */
  async filterOf(question: RelationshipQuestion): Promise<RelationshipFilter | undefined> {
    const filter: RelationshipFilter = {};
    if (question.source !== undefined) filter.sourceId = (await this.ids.resolve(question.source)).id;
    if (question.target !== undefined) filter.targetId = (await this.ids.resolve(question.target)).id;
    if (question.entry !== undefined) filter.entryId = (await this.ids.resolve(question.entry)).id;
    if (question.types) {
      filter.typeIds = [...(await this.types.find(question.types)).values()];
      if (filter.typeIds.length === 0) return undefined;
    }
    return filter;
  }

  list(
    filter: RelationshipFilter,
    page: { limit: number; offset: number; afterId?: string },
  ): Promise<RelationshipRow[]> {
    return this.repository.list(filter, page);
  }

  count(filter: RelationshipFilter): Promise<number> {
    return this.repository.count(filter);
  }

  /** Replaces weight, bidirectional and metadata. */
  replace(
    id: string,
    edge: Partial<RelationshipCreate>,
    check: (row: RelationshipRow) => void,
  ): Promise<RelationshipRow> {
    checkMetadata(edge.metadata);
    return this.uow.run(async () => {
      const row = await this.locked(id);
      check(row);
      const ends = await this.ids.resolveMany([
        row.source_uid,
        row.target_uid,
        ...[edge.source_id, edge.target_id].filter(isGiven),
      ]);
      const [source, target] = [ends.get(row.source_uid)!, ends.get(row.target_uid)!];
      const moved =
        (isGiven(edge.source_id) && ends.get(edge.source_id)?.id !== source.id) ||
        (isGiven(edge.target_id) && ends.get(edge.target_id)?.id !== target.id) ||
        (isGiven(edge.type) && edge.type !== row.type);
      if (moved)
        throw new ImpossibleError(
          'relationship.identity_fixed',
          'The ends and the type make the relationship; remove it and make another.',
        );
      const typeId = (await this.types.find([row.type])).get(row.type)!;
      const { weight, bidirectional, metadata } = edge;
      // What turns is whether the target needs the source too: either way both may need the other.
      const needs = isNeed(row.type) ? [{ sourceId: source.id, targetId: target.id, bidirectional: true }] : [];
      await this.health.beforeEdges(needs);
      const changed = await this.repository.replaceChanged([
        {
          sourceId: source.id,
          targetId: target.id,
          typeId,
          weight: weight ?? 1,
          bidirectional: bidirectional ?? false,
          metadata: metadata ?? {},
        },
      ]);
      await this.outbox.record(changeEvents(changed));
      if (changed.length > 0) await this.health.edgesChanged(needs);
      return changed[0] ?? row;
    });
  }

  async dissolve(id: string, check: (row: RelationshipRow) => void): Promise<void> {
    await this.uow.run(async () => {
      const row = await this.locked(id);
      check(row);
      const needs = isNeed(row.type) ? await this.needOf(row) : [];
      await this.health.beforeEdges(needs);
      await this.repository.delete(id);
      await this.outbox.record(removalEvents([row]));
      await this.health.edgesChanged(needs);
    });
  }

  private async needOf({ source_uid, target_uid, bidirectional }: RelationshipRow): Promise<Need[]> {
    const ends = await this.ids.resolveMany([source_uid, target_uid]);
    return [{ sourceId: ends.get(source_uid)!.id, targetId: ends.get(target_uid)!.id, bidirectional }];
  }

  private async locked(id: string): Promise<RelationshipRow> {
    return found(id, isId(id) ? await this.repository.lock(id) : undefined);
  }
}

/** `null` repeats an end or the type as little as leaving it out does. */
const isGiven = (field: string | null | undefined): field is string => field !== undefined && field !== null;

/** A bigint in text; anything else names no relationship. */
const isId = (text: string): boolean => /^[1-9][0-9]{0,17}$/.test(text);

function found(id: string, row: RelationshipRow | undefined): RelationshipRow {
  if (!row) throw new NotFoundError('relationship', id);
  return row;
}
