import { Injectable } from '@nestjs/common';
import { keyOf } from '../entry-key.js';
import { toEntryResponse } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import { Outbox } from '../outbox.js';
import type { NewEvent } from '../outbox.js';
import { PropagationRepository } from './propagation.repository.js';
import type { Mark } from './propagation.repository.js';

/** Types of relationship whose target an entry cannot do without. */
export const NEEDS: readonly string[] = ['depends_on', 'requires'];

export const isNeed = (type: string): boolean => NEEDS.includes(type);

/**
 * Why a health changed: `report` from outside, a `probe`, a `ttl` that ran out, an `update` of the entry; of dependants
 * `dependency` (what they need turned unhealthy, or well again), `relationship` (made or removed) or `removal`.
 */
export type HealthCause = 'report' | 'probe' | 'ttl' | 'update' | 'dependency' | 'relationship' | 'removal';

/** As `health_changed` tells it. */
export interface CauseResponse {
  type: HealthCause;
  /** What was observed, of the entry's own health. */
  message?: string;
  /** Of dependants the entry that changed, unless it is restricted. */
  entity_id?: string;
  entity_key?: string;
}

/** Ends of an edge whose type is one of {@link NEEDS}: who cannot do without whom. */
export interface Need {
  sourceId: string;
  targetId: string;
  bidirectional: boolean;
}

export const ownHealth = (row: Pick<EntryRow, 'health' | 'reported_health'>): string =>
  row.reported_health ?? row.health;

/** An entry before and after its own health was written. */
export interface OwnChange {
  before: EntryRow;
  after: EntryRow;
}

/** Rows and events written in one statement: bounds the memory of a change that reaches half the catalog. */
const TOGETHER = 1000;

/**
 * Keeps everything that needs an unhealthy entry degraded, and nothing else, in the transaction of the change. One at a
 * time: whoever changes the own health of entries calls {@link ownChanged}; whoever makes or removes relationships calls
 * {@link beforeEdges} and {@link edgesChanged} around it.
 */
@Injectable()
export class HealthPropagation {
  constructor(
    private readonly repository: PropagationRepository,
    private readonly outbox: Outbox,
  ) {}

  /** To be had before the row of an entry whose health may turn: who has a row and waits for this may wait in a circle. */
  lock(): Promise<void> {
    return this.repository.lock();
  }

  /**
   * Tells of locked entries whose own health was written, and passes it on. Answers the rows that are another than
   * `after` then, by inside id.
   */
  async ownChanged(
    changes: readonly OwnChange[],
    cause: Pick<CauseResponse, 'type' | 'message'>,
  ): Promise<Map<string, EntryRow>> {
    const turned = changes.filter(({ before, after }) => ownHealth(before) !== ownHealth(after));
    const sources = turned.filter(({ before, after }) => [before, after].some((row) => ownHealth(row) === 'unhealthy'));
    const marks = sources.length > 0 ? await this.marksOf(sources.map(({ after }) => after.id)) : [];
    const troubled = new Map(marks.map((mark) => [mark.id, mark.troubled]));
    const known = new Map(changes.map(({ after }) => [after.id, marked(after, troubled.get(after.id))]));
    await this.record(turned.map(({ before, after }) => changeEvent(before, known.get(after.id)!, cause)));
    const [only, another] = sources;
    const passedOn: CauseResponse = only && !another ? await this.causeOf('dependency', only.after) : DEPENDENCY;
    await this.mark(
      marks,
      passedOn,
      turned.map(({ after }) => after.id),
    );
    return new Map([...known].filter(([id]) => troubled.has(id)));
  }

  /** Before relationships of the types in {@link NEEDS} change. */
  async beforeEdges(edges: readonly Need[]): Promise<void> {
    if (edges.length > 0) await this.repository.share(endsOf(edges));
  }

  /** After they were made, changed or removed: passes on what their ends need now, or need no longer. */
  async edgesChanged(edges: readonly Need[]): Promise<void> {
    if (edges.length === 0 || !(await this.repository.anyUnwell(endsOf(edges)))) return;
    const needing = [...new Set(edges.flatMap(needersOf))];
    await this.mark(await this.marksOf(needing), { type: 'relationship' });
  }

  /**
   * After an entry and its edges were removed. In its transaction, not by a handler of its event: else its dependants
   * would stay degraded by something that is no more until the handler has come by.
   */
  async removed(row: EntryRow, edges: readonly Need[]): Promise<void> {
    if (row.health !== 'unhealthy' && row.reported_health === null) return;
    const needing = [...new Set(edges.flatMap(needersOf))].filter((id) => id !== row.id);
    if (needing.length > 0) await this.mark(await this.marksOf(needing), await this.causeOf('removal', row));
  }

  private async marksOf(ids: readonly string[]): Promise<Mark[]> {
    await this.repository.lock();
    return this.repository.wrongMarks(ids);
  }

  /** Sets marks and tells of each health that changed by it, those of `told` apart. */
  private async mark(marks: readonly Mark[], cause: CauseResponse, told: readonly string[] = []): Promise<void> {
    for (let at = 0; at < marks.length; at += TOGETHER)
      await this.repository.mark(marks.slice(at, at + TOGETHER), cause, told);
  }

  /** Who may see a dependant may not see everything that it needs. */
  private async causeOf(type: 'dependency' | 'removal', row: EntryRow): Promise<CauseResponse> {
    if (await this.repository.isRestricted(row.id)) return { type };
    return { type, entity_id: row.uid, entity_key: keyOf(row.kind, row.name, row.version) };
  }

  private async record(events: readonly NewEvent[]): Promise<void> {
    for (let at = 0; at < events.length; at += TOGETHER) await this.outbox.record(events.slice(at, at + TOGETHER));
  }
}

const DEPENDENCY: CauseResponse = { type: 'dependency' };

/** A row as marking it leaves it. */
function marked(row: EntryRow, troubled: boolean | undefined): EntryRow {
  if (troubled === undefined) return row;
  const own = ownHealth(row);
  return troubled
    ? { ...row, health: 'degraded', reported_health: own }
    : { ...row, health: own, reported_health: null };
}

/** Who needs the other end. */
const needersOf = ({ sourceId, targetId, bidirectional }: Need): string[] =>
  bidirectional ? [sourceId, targetId] : [sourceId];

const endsOf = (edges: readonly Need[]): string[] => [
  ...new Set(edges.flatMap(({ sourceId, targetId }) => [sourceId, targetId])),
];

type HealthColumns = Pick<EntryRow, 'health' | 'reported_health'>;

const healthOf = ({ health, reported_health }: HealthColumns): HealthColumns => ({ health, reported_health });

const changeEvent = (before: HealthColumns, after: EntryRow, cause: CauseResponse): NewEvent => ({
  type: 'health_changed',
  entryId: after.id,
  payload: { entity: toEntryResponse(after), from: before.health, to: after.health, cause },
  change: { before: healthOf(before), after: healthOf(after) },
});
