import { Injectable } from '@nestjs/common';
import { ConflictError, ImpossibleError, InvalidError, RegistryError } from '../../platform/errors/registry-error.js';
import { validated } from '../../platform/http/validation.pipe.js';
import { OBJECT_LIMIT } from '../entry-draft.js';
import { EntryIds } from '../entry-ids.js';
import type { ResolvedEntry } from '../entry-ids.js';
import { RelationshipCreate } from '../http/relationship.dto.js';
import { HealthPropagation, isNeed } from '../health/health-propagation.js';
import { Outbox } from '../outbox.js';
import { changeEvents, creationEvents } from '../relationships/relationship-events.js';
import { RelationshipRepository } from '../relationships/relationship.repository.js';
import type { MadeRelationship, NewRelationship } from '../relationships/relationship.repository.js';
import type { RelationshipRow } from '../relationships/relationship-response.js';
import { RelationshipTypes } from '../relationships/relationship-types.js';
import { failure, wavesOf } from './bulk.js';
import type { BulkResult, BulkStatus, BulkWriter, ConflictAction, Placed } from './bulk.js';

interface Known {
  source_id: string;
  target_id: string;
  type_id: number;
}

/** An edge that also knows its ends by name, for its event. */
interface NamedEdge extends NewRelationship {
  source: ResolvedEntry;
  target: ResolvedEntry;
  type: string;
}

const identityOf = (edge: NewRelationship): string => `${edge.sourceId}>${edge.typeId}>${edge.targetId}`;
const rowIdentity = (row: Known): string => `${row.source_id}>${row.type_id}>${row.target_id}`;

const rowOf = (
  { source, target, type, weight, bidirectional, metadata }: NamedEdge,
  made: MadeRelationship,
): RelationshipRow => ({
  id: made.id,
  type,
  weight,
  bidirectional,
  metadata,
  revision: 1,
  created_at: made.created_at,
  source_uid: source.uid,
  source_kind: source.kind,
  source_name: source.name,
  source_version: source.version,
  target_uid: target.uid,
  target_kind: target.kind,
  target_name: target.name,
  target_version: target.version,
});

/** @throws InvalidError when the edge's metadata is over the limit */
export function checkMetadata(metadata: object | null | undefined): void {
  const bytes = metadata ? Buffer.byteLength(JSON.stringify(metadata)) : 0;
  if (bytes > OBJECT_LIMIT)
    throw InvalidError.field('metadata', `holds ${bytes} bytes of JSON, more than the limit of ${OBJECT_LIMIT}`);
}

export const edgeAlreadyThere = (edge: RelationshipCreate): RegistryError =>
  new ConflictError(
    'relationship.already_exists',
    `${edge.source_id} ${edge.type} ${edge.target_id} is there already.`,
  );

/** Relates entries many at a time; every end by id or key. */
@Injectable()
export class RelationshipBulkWriter implements BulkWriter<RelationshipCreate> {
  constructor(
    private readonly ids: EntryIds,
    private readonly types: RelationshipTypes,
    private readonly repository: RelationshipRepository,
    private readonly outbox: Outbox,
    private readonly health: HealthPropagation,
  ) {}

  prepare(raw: unknown): RelationshipCreate {
    const edge = validated(RelationshipCreate, raw, 'relationship');
    checkMetadata(edge.metadata);
    return edge;
  }

  async write(items: readonly Placed<RelationshipCreate>[], onConflict: ConflictAction): Promise<BulkResult[]> {
    const ends = await this.ids.resolveMany(items.flatMap(({ item }) => [item.source_id, item.target_id]));
    const types = await this.types.ensure(items.map(({ item }) => item.type));
    const results: BulkResult[] = [];
    const edges: Placed<NamedEdge>[] = [];
    const asked = new Map(items.map(({ index, item }) => [index, item]));
    for (const { index, item } of items) {
      const edge = this.edgeOf(item, ends, types);
      if ('sourceId' in edge) edges.push({ index, item: edge });
      else results.push(failure(index, edge));
    }
    for (const wave of wavesOf(edges, identityOf)) {
      const written = await this.writeWave(wave, onConflict);
      results.push(
        ...written.map((one) =>
          one.status === 'failed' ? failure(one.index, edgeAlreadyThere(asked.get(one.index)!)) : one,
        ),
      );
    }
    return results.toSorted((a, b) => a.index - b.index);
  }

  private edgeOf(
    item: RelationshipCreate,
    ends: Map<string, ResolvedEntry>,
    types: Map<string, number>,
  ): NamedEdge | RegistryError {
    const source = ends.get(item.source_id);
    const target = ends.get(item.target_id);
    if (!source) return unknownEnd('source_id', item.source_id);
    if (!target) return unknownEnd('target_id', item.target_id);
    if (source.id === target.id)
      return new ImpossibleError('relationship.self_loop', 'An entry cannot relate to itself.', [
        { field: 'target_id', message: 'is the same entry as source_id' },
      ]);
    return {
      source,
      target,
      type: item.type,
      sourceId: source.id,
      targetId: target.id,
      typeId: types.get(item.type)!,
      weight: item.weight ?? 1,
      bidirectional: item.bidirectional ?? false,
      metadata: item.metadata ?? {},
    };
  }

  private async writeWave(wave: readonly Placed<NamedEdge>[], onConflict: ConflictAction): Promise<BulkResult[]> {
    // One order for every writer: two bulks that share edges wait for each other instead of dead-locking.
    const edges = wave.map(({ item }) => item).toSorted((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1));
    const needs = edges.filter(({ type }) => isNeed(type));
    await this.health.beforeEdges(needs);
    const made = await this.repository.insertNew(edges);
    const sent = new Map(edges.map((edge) => [identityOf(edge), edge]));
    await this.outbox.record(creationEvents(made.map((row) => rowOf(sent.get(rowIdentity(row))!, row))));
    const outcome = new Map<string, [BulkStatus, string]>(made.map((row) => [rowIdentity(row), ['created', row.id]]));
    const there = edges.filter((edge) => !outcome.has(identityOf(edge)));
    if (there.length > 0 && onConflict === 'update') {
      const changed = await this.repository.replaceChanged(there);
      await this.outbox.record(changeEvents(changed));
      for (const row of changed) outcome.set(rowIdentity(row), ['updated', row.id]);
    }
    // One that was there may have been bidirectional and is not any more.
    const changed = needs.filter((edge) => outcome.has(identityOf(edge)));
    await this.health.edgesChanged(
      changed.map((edge) => ({ ...edge, bidirectional: edge.bidirectional || there.includes(edge) })),
    );
    const rest = there.filter((edge) => !outcome.has(identityOf(edge)));
    const status: BulkStatus = onConflict === 'fail' ? 'failed' : onConflict === 'skip' ? 'skipped' : 'unchanged';
    if (rest.length > 0)
      for (const row of await this.repository.idsOf(rest)) outcome.set(rowIdentity(row), [status, row.id]);
    return wave.map(({ index, item }) => {
      const [result, id] = outcome.get(identityOf(item)) ?? [status, undefined];
      return { index, status: result, id };
    });
  }
}

const unknownEnd = (field: string, given: string): RegistryError =>
  new RegistryError(404, 'entity.not_found', `No entity ${JSON.stringify(given)}.`, 'Not found', 'debug', {
    errors: [{ field, message: 'names no entry' }],
  });
