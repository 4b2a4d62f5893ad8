import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ImpossibleError, NotFoundError } from '../../../platform/errors/registry-error.js';
import type { FieldError } from '../../../platform/errors/registry-error.js';
import { refusalOf } from '../../bulk/bulk.js';
import { RelationshipBulkWriter } from '../../bulk/relationship-bulk.writer.js';
import { EntryIds } from '../../entry-ids.js';
import type { ResolvedEntry } from '../../entry-ids.js';
import { EntryRepository } from '../../entry.repository.js';
import type { RelationshipCreate } from '../../http/relationship.dto.js';
import { Outbox } from '../../outbox.js';
import { removalEvents } from '../../relationships/relationship-events.js';
import { DependencyRepository } from './dependency.repository.js';
import type { DependencyDirection, DependencyPage, DependencyRow } from './dependency.repository.js';
import type { DependencyGiven } from './dependency.dto.js';

const identityOf = ({ uid, type }: { uid: string; type: string }): string => `${type} ${uid}`;

/** The relationship that a dependency of the entry `source` (an id) stands for. */
export const relationshipOf = (source: string, given: DependencyGiven, target = given.id): RelationshipCreate => ({
  source_id: source,
  target_id: target,
  type: given.type ?? 'depends_on',
  weight: given.weight,
  bidirectional: given.bidirectional,
  metadata: given.metadata,
});

/** What entries need, and what needs them, by `depends_on` and `requires`. */
@Injectable()
export class DependenciesService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly ids: EntryIds,
    private readonly entries: EntryRepository,
    private readonly repository: DependencyRepository,
    private readonly writer: RelationshipBulkWriter,
    private readonly outbox: Outbox,
  ) {}

  list(entryId: string, direction: DependencyDirection, page: DependencyPage): Promise<DependencyRow[]> {
    return this.repository.list(entryId, direction, page);
  }

  count(entryId: string, direction: DependencyDirection): Promise<number> {
    return this.repository.count(entryId, direction);
  }

  /**
   * Makes these all that the entry needs, in one transaction with its events. What the caller may not see stays.
   * @throws ImpossibleError `dependencies.unknown`, `dependencies.itself` or `dependencies.repeated`, naming the places
   */
  async replace(entry: ResolvedEntry, given: readonly DependencyGiven[]): Promise<void> {
    const targets = await this.targetsOf(entry, given);
    const wanted = new Set(targets.map(({ uid }, i) => identityOf({ uid, type: given[i].type ?? 'depends_on' })));
    await this.uow.run(async () => {
      if (!(await this.entries.lock(entry.id))) throw new NotFoundError('entity', entry.uid);
      const present = await this.repository.list(entry.id, 'out', { limit: 1e6, offset: 0 });
      const gone = present.filter((row) => !wanted.has(identityOf(row))).map((row) => row.relationship_id);
      if (gone.length > 0) await this.outbox.record(removalEvents(await this.repository.remove(gone)));
      if (given.length === 0) return;
      const edges = given.map((one, index) => ({ index, item: relationshipOf(entry.uid, one, targets[index].uid) }));
      const refused = (await this.writer.write(edges, 'update')).find(({ status }) => status === 'failed');
      if (refused) throw refusalOf(refused);
    });
  }

  /** The entries behind what was given, in its order. */
  private async targetsOf(entry: ResolvedEntry, given: readonly DependencyGiven[]): Promise<ResolvedEntry[]> {
    const found = await this.ids.resolveMany(given.map(({ id }) => id));
    const places = (wrong: (one: DependencyGiven, index: number) => boolean, message: string): FieldError[] =>
      given.flatMap((one, index) => (wrong(one, index) ? [{ field: `${index}.id`, message }] : []));
    const refuse = (code: string, detail: string, errors: FieldError[]): void => {
      if (errors.length > 0) throw new ImpossibleError(`dependencies.${code}`, detail, errors.slice(0, 100));
    };
    refuse(
      'unknown',
      'Some of these are no entries.',
      places(({ id }) => !found.has(id), 'names no entry; give an id, or a key such as svc_checkout'),
    );
    refuse(
      'itself',
      'An entry cannot depend on itself.',
      places(({ id }) => found.get(id)!.id === entry.id, 'is the entry itself'),
    );
    const seen = new Set<string>();
    const repeated = places(({ id, type }) => {
      const identity = identityOf({ uid: found.get(id)!.uid, type: type ?? 'depends_on' });
      return seen.size === seen.add(identity).size;
    }, 'stands here already with this type');
    refuse('repeated', 'Some of these are named twice.', repeated);
    return given.map(({ id }) => found.get(id)!);
  }
}
