import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { isForeignKeyViolation } from '../platform/database/database-errors.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { ConflictError, ImpossibleError, NotFoundError } from '../platform/errors/registry-error.js';
import { ClassifiedEntryRepository } from './classification/classified-entry.repository.js';
import { Classifier } from './classification/classifier.js';
import type { ClassificationResult } from './classification/classifier.js';
import { EntryIds } from './entry-ids.js';
import { draftOf, mergePatch } from './entry-draft.js';
import type { EntryBody, EntryDraft } from './entry-draft.js';
import { alreadyThere, createdEvent, draftOfRow, updatedEvent } from './entry-events.js';
import { parseReference } from './entry-key.js';
import { EntryRepository } from './entry.repository.js';
import type { EntryFilter } from './entry-filter.js';
import type { EntryPage } from './entry.repository.js';
import { toEntryResponse } from './entry-response.js';
import type { EntryRow } from './entry-response.js';
import { Outbox } from './outbox.js';
import { RelationshipRepository } from './relationships/relationship.repository.js';
import { removalEvents } from './relationships/relationship-events.js';
import { HealthPropagation, NEEDS } from './health/health-propagation.js';
import { KindCatalog } from './kind/kind-catalog.js';
import { Memberships } from './membership/memberships.js';
import { EntrySecrets } from './secrets/entry-secrets.js';

export { createdEvent, draftOfRow, updatedEvent };

/** How often a name made from a title is tried with another suffix. */
const NAME_ATTEMPTS = 5;

/** Registers, changes and removes entries: each change one transaction with its event. */
@Injectable()
export class EntriesService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly ids: EntryIds,
    private readonly repository: EntryRepository,
    private readonly relationships: RelationshipRepository,
    private readonly classifier: Classifier,
    private readonly classified: ClassifiedEntryRepository,
    private readonly outbox: Outbox,
    private readonly secrets: EntrySecrets,
    private readonly kinds: KindCatalog,
    private readonly memberships: Memberships,
    private readonly health: HealthPropagation,
  ) {}

  /** @throws ConflictError `entity.already_exists` */
  async register(
    body: EntryBody & { type: string },
  ): Promise<{ row: EntryRow; classification?: ClassificationResult }> {
    const draft = this.kinds.settle(draftOf(body));
    const classification = draft.feature === null ? await this.classifier.classify(draft) : undefined;
    if (classification) draft.feature = classification.feature;
    const base = draft.name;
    for (let attempt = 1; attempt <= NAME_ATTEMPTS; attempt++) {
      const row = await this.insert(draft, classification);
      if (row) return { row, classification };
      // A name the client chose is taken; one made from the title gets a suffix.
      if (body.name) break;
      draft.name = `${base}-${uuidv7().slice(-6)}`;
    }
    throw alreadyThere(draft);
  }

  /** Undefined also for what the caller may not see. */
  find(idOrKey: string): Promise<EntryRow | undefined> {
    const reference = parseReference(idOrKey);
    if (reference && 'uid' in reference) return this.repository.findByUid(reference.uid);
    return this.findByKey(idOrKey, reference);
  }

  /** @throws NotFoundError */
  async get(idOrKey: string): Promise<EntryRow> {
    const row = await this.find(idOrKey);
    if (!row) throw new NotFoundError('entity', idOrKey);
    return row;
  }

  list(filter: EntryFilter, page: EntryPage): Promise<EntryRow[]> {
    return this.repository.list(filter, page);
  }

  /**
   * The filter, narrowed to a registry named by id, key or name.
   * @throws InvalidError naming `registry`
   */
  async within(filter: EntryFilter, registry: string | undefined, recursive: boolean): Promise<EntryFilter> {
    if (registry === undefined) return filter;
    const { id } = await this.memberships.resolve(registry, 'registry');
    return { ...filter, registry: { id, recursive } };
  }

  /** The rows as the caller may see them: with `read:secrets` in the clear, which is recorded. */
  shown(rows: readonly EntryRow[]): readonly EntryRow[] | Promise<readonly EntryRow[]> {
    return this.secrets.revealed(rows);
  }

  /** As {@link shown}; secrets of the kinds' own fields are among them when an export asks for them (`whole`). */
  exported(rows: readonly EntryRow[], whole: boolean): readonly EntryRow[] | Promise<readonly EntryRow[]> {
    return this.secrets.revealed(rows, whole);
  }

  count(filter: EntryFilter): Promise<number> {
    return this.repository.count(filter);
  }

  /** Replaces the writable part. `check` sees the locked row first, for preconditions. */
  replace(idOrKey: string, body: EntryBody, check: (row: EntryRow) => void): Promise<EntryRow> {
    return this.revise(idOrKey, check, (row) => ({
      ...body,
      type: body.type ?? row.kind,
      name: body.name ?? row.name,
      version: body.version ?? row.version,
    }));
  }

  /** Applies a JSON merge patch (RFC 7396). */
  patch(idOrKey: string, patch: object, check: (row: EntryRow) => void): Promise<EntryRow> {
    return this.revise(idOrKey, check, (row) => mergePatch(draftOfRow(row), patch) as EntryBody);
  }

  /**
   * Removes an entry and its relationships.
   * @throws ConflictError `entity.in_use` while others depend on it, unless forced
   */
  async remove(idOrKey: string, force: boolean, check: (row: EntryRow) => Promise<void> | void): Promise<void> {
    await this.uow.run(async () => {
      const { id } = await this.ids.resolve(idOrKey);
      // Before the row: who propagates meanwhile may want it.
      await this.health.beforeEdges(await this.relationships.needsOf(id, NEEDS));
      const row = await this.locked(idOrKey);
      await check(row);
      if (!force) await this.assertUnused(row);
      await this.kinds.hooksOf(row.kind).beforeRemove?.(row, force);
      const needs = await this.relationships.needsOf(row.id, NEEDS);
      const edges = await this.relationships.removeOf(row.id);
      // Before the entry is gone: whether it is restricted decides who may be told of it.
      await this.health.removed(row, needs);
      await this.delete(row);
      await this.outbox.record([
        ...removalEvents(edges),
        { type: 'entity_deleted', entryId: row.id, payload: { entity: toEntryResponse(row) } },
      ]);
    });
  }

  /** Another status for a locked row, as a transition gives it; no hook of a change of the writable part is asked. */
  restate(row: EntryRow, status: string): Promise<EntryRow> {
    return this.write(row, { ...draftOfRow(row), status });
  }

  private async findByKey(key: string, reference: object | undefined): Promise<EntryRow | undefined> {
    const found = reference && (await this.ids.find(key));
    return found && this.repository.find(found.id);
  }

  /** Undefined when the identity is taken. */
  private insert(draft: EntryDraft, classification?: ClassificationResult): Promise<EntryRow | undefined> {
    return this.uow.run(async () => {
      const uid = uuidv7();
      await this.kinds.beforeSave(draft);
      await this.memberships.settle(draft);
      const { secrets, ...concealed } = await this.secrets.conceal(uid, draft);
      const [row] = await this.repository.insertFree([{ uid, ...concealed }]);
      if (!row) return undefined;
      if (secrets.length > 0) await this.secrets.save([{ entryId: row.id, secrets }]);
      if (classification) await this.classified.insert([{ entryId: row.id, classification }]);
      await this.outbox.record([createdEvent(row)]);
      await this.kinds.afterSave(row);
      return row;
    });
  }

  /**
   * Replaces the writable part by what `next` makes of the locked row. `check` sees it first, for preconditions.
   * @throws ImpossibleError `entity.identity_fixed`
   */
  revise(idOrKey: string, check: (row: EntryRow) => void, next: (row: EntryRow) => EntryBody): Promise<EntryRow> {
    return this.uow.run(async () => {
      const row = await this.locked(idOrKey);
      check(row);
      const body = next(row);
      const draft = this.kinds.settle(
        draftOf({
          ...body,
          type: body.type ?? row.kind,
          name: body.name ?? row.name,
          version: body.version ?? row.version,
        }),
      );
      if (draft.type !== row.kind || draft.name !== row.name || draft.version !== row.version)
        throw new ImpossibleError(
          'entity.identity_fixed',
          'type, name and version name the entry and cannot change; register another.',
        );
      await this.kinds.beforeSave(draft, row);
      await this.memberships.settle(draft, row);
      const changed = await this.write(row, draft);
      if (changed === row) return row;
      await this.kinds.afterSave(changed, row);
      return changed;
    });
  }

  /** Writes what differs, secrets apart, with its event; the same row when nothing does. In the transaction that locked it. */
  private async write(row: EntryRow, draft: EntryDraft): Promise<EntryRow> {
    const stored = (await this.secrets.stored([row])).get(row.id) ?? [];
    const concealed = await this.secrets.conceal(row.uid, draft, stored);
    if (concealed.checksum === row.checksum && draft.registry_id === row.registry_id) return row;
    const [changed] = await this.repository.replace([{ uid: row.uid, ...concealed }]);
    if (stored.length + concealed.secrets.length > 0)
      await this.secrets.save([{ entryId: row.id, secrets: concealed.secrets }]);
    await this.outbox.record([updatedEvent(row, changed, concealed.changed)]);
    const settled = await this.health.ownChanged([{ before: row, after: changed }], { type: 'update' });
    return settled.get(row.id) ?? changed;
  }

  private async locked(idOrKey: string): Promise<EntryRow> {
    const entry = await this.ids.resolve(idOrKey);
    await this.kinds.hooksOf(entry.kind).beforeLock?.(entry);
    const row = await this.repository.lock(entry.id);
    if (!row) throw new NotFoundError('entity', idOrKey);
    return row;
  }

  private async assertUnused(row: EntryRow): Promise<void> {
    const { count, examples } = await this.relationships.dependentsOf(row.id, NEEDS, 10);
    if (count > 0)
      throw new ConflictError(
        'entity.in_use',
        `${count === 1 ? '1 entry depends' : `${count} entries depend`} on it; force=true removes it all the same.`,
        {
          dependents: count,
          examples,
        },
      );
  }

  private async delete(row: EntryRow): Promise<void> {
    try {
      await this.repository.delete(row.id);
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      throw new ConflictError('entity.in_use', 'Other entries live in this registry.');
    }
  }
}
