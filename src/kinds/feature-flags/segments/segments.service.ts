import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { currentViewer } from '../../../entries/visibility.js';
import { AuditTrail } from '../../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ConflictError, ImpossibleError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { checkSegment } from '../definition/definition-checks.js';
import { flagKeyOf } from '../definition/flag-definitions.js';
import { FlagReferences, segmentsIn, segmentsNamedBy } from '../definition/flag-references.js';
import { Linker } from '../engine/linker.js';
import { FlagFeed } from '../snapshot/flag-feed.js';
import { FlagSnapshotRepository } from '../snapshot/flag-snapshot.repository.js';
import { segmentDefinition } from './segment.js';
import type { SegmentRow } from './segment.js';
import type { FlagSegmentCreate, FlagSegmentReplace, FlagSegmentUsage } from './segment.dto.js';
import { SegmentRepository } from './segment.repository.js';
import type { SegmentContent } from './segment.repository.js';

const noSegment = (key: string): NotFoundError => new NotFoundError('segment', key, 'feature_segment.not_found');

/** Sets of contexts that flags share. One that is used is not removed, and none contains itself. */
@Injectable()
export class Segments {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: SegmentRepository,
    private readonly flags: FlagSnapshotRepository,
    private readonly references: FlagReferences,
    private readonly audit: AuditTrail,
    private readonly feed: FlagFeed,
  ) {}

  /** @throws NotFoundError `feature_segment.not_found` */
  async get(key: string): Promise<SegmentRow> {
    const row = await this.repository.find(key);
    if (!row) throw noSegment(key);
    return row;
  }

  /** @throws ConflictError `feature_segment.already_exists` */
  async make({ key, ...body }: FlagSegmentCreate): Promise<SegmentRow> {
    const content = checked(key, body);
    return this.uow.run(async () => {
      await this.references.lock();
      const row = await this.repository.insert(uuidv7(), content);
      if (!row)
        throw new ConflictError('feature_segment.already_exists', `There is a segment ${key} already.`, { key });
      await this.written('create', row);
      return row;
    });
  }

  async replace(key: string, body: FlagSegmentReplace, check: (row: SegmentRow) => void): Promise<SegmentRow> {
    const content = checked(key, body);
    return this.uow.run(async () => {
      await this.references.lock();
      const before = await this.get(key);
      check(before);
      if (isDeepStrictEqual(content, contentOf(before))) return before;
      const row = await this.repository.replace(content);
      await this.written('update', row, before);
      return row;
    });
  }

  /** Makes or replaces it, in a transaction that holds the lock. True when it is another now. */
  async put(content: SegmentContent): Promise<boolean> {
    const before = await this.repository.find(content.key);
    if (before && isDeepStrictEqual(content.definition, before.definition)) return false;
    const row = before ? await this.repository.replace(content) : await this.repository.insert(uuidv7(), content);
    await this.written(before ? 'update' : 'create', row!, before);
    return true;
  }

  /** @throws ConflictError `feature_segment.in_use` naming what uses it */
  async remove(key: string, check: (row: SegmentRow) => void): Promise<void> {
    await this.uow.run(async () => {
      await this.references.lock();
      const row = await this.get(key);
      check(row);
      const usage = await this.usage(key);
      const { flags, segments, hidden } = usage;
      if (flags.length + segments.length + hidden > 0)
        throw new ConflictError(
          'feature_segment.in_use',
          `It is used by ${[...flags.map((one) => one.key), ...segments].join(', ') || 'flags that you may not see'}.`,
          { ...usage },
        );
      await this.repository.remove(key);
      await this.audit.record({ action: 'feature_segment.delete', outcome: 'success', subject: subjectOf(row), before: contentOf(row) }); // prettier-ignore
      this.feed.changing();
    });
  }

  /** What uses a segment; flags that the caller may not see are counted. */
  async usage(key: string): Promise<FlagSegmentUsage> {
    const viewer = currentViewer();
    const users = (await this.flags.flags()).filter((row) => segmentsNamedBy(row).includes(key));
    const seen = users.filter(
      ({ readers }) => viewer === undefined || readers === null || readers.some((one) => viewer.includes(one)),
    );
    const containers = (await this.repository.all()).filter((row) => innerOf(row).includes(key));
    return {
      flags: seen.map((row) => ({ id: row.uid, key: flagKeyOf(row) })).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
      segments: containers.map((row) => row.key).toSorted(),
      hidden: users.length - seen.length,
    };
  }

  /** What a segment says of others holds for all of them together. */
  private async written(action: 'create' | 'update', row: SegmentRow, before?: SegmentRow): Promise<void> {
    const { problems } = new Linker([], (await this.repository.all()).map(segmentDefinition)); // prettier-ignore
    const own = problems.find(({ kind, key }) => kind === 'segment' && key === row.key);
    if (own)
      throw new ImpossibleError('feature_segment.impossible', `${own.field} ${own.message}.`, [
        { field: own.field, message: own.message },
      ]);
    await this.audit.record({
      action: `feature_segment.${action}`,
      outcome: 'success',
      subject: subjectOf(row),
      ...(before && { before: contentOf(before) }),
      after: contentOf(row),
    });
    this.feed.changing();
  }
}

const innerOf = (row: SegmentRow): string[] => {
  const { clause } = segmentDefinition(row);
  return clause ? segmentsIn(clause) : [];
};

const contentOf = ({ key, name, description, definition }: SegmentRow): SegmentContent => ({
  key,
  name,
  description,
  definition,
});

const subjectOf = ({ uid, key }: SegmentRow) => ({ type: 'feature_segment', id: uid, key });

/** What a body says, checked, as it is stored. */
function checked(key: string, body: FlagSegmentReplace): SegmentContent {
  const { name, description, included, excluded, clause, constraints } = body;
  const definition = withoutNothing({ included, excluded, clause, constraints });
  const content = { key, name: name || null, description: description || null, definition };
  checkSegment(segmentDefinition(content), clause ?? undefined);
  return content;
}

/** As the database will give it back: plain objects, without what is not said. */
const withoutNothing = (value: object): SegmentRow['definition'] =>
  JSON.parse(JSON.stringify(value, (_key, one: unknown) => one ?? undefined)) as SegmentRow['definition'];
