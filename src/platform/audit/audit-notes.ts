import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Jobs } from '../jobs/jobs.js';
import { insertAudit } from './audit-insert.js';
import type { AuditRow } from './audit-insert.js';

const FLUSH_MS = 500;
const FOLD_MS = 60_000;
/** Different notes kept at a time; what comes beyond is counted by action alone. Those of callers who are known have room left. */
const MOST = 10_000;
const MOST_ANONYMOUS = 5_000;

interface Note {
  row: AuditRow;
  /** Told of the last one, beside what they have in common. */
  aside?: object;
  /** Not written yet. */
  count: number;
  firstAt: Date;
  lastAt: Date;
  /** When what was counted is written: at once at first, then a minute later. */
  due: number;
}

/**
 * What is noted beside the answers: refusals. Kept in memory for at most a second, then written together; the first of
 * a kind soon, those after it within a minute as one row with their number, so that nobody can fill the table.
 */
@Injectable()
export class AuditNotes implements OnModuleInit, BeforeApplicationShutdown {
  private readonly notes = new Map<string, Note>();
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('audit-notes', FLUSH_MS, () => this.flush());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush(true);
  }

  /** `aside` makes no difference to what counts as the same. */
  add(given: AuditRow, { count = 1, aside }: { count?: number; aside?: object } = {}): void {
    const [fold, row] = this.folded(given);
    const now = new Date();
    const note = this.notes.get(fold) ?? { row, count: 0, firstAt: now, lastAt: now, due: 0 };
    if (note.count === 0) note.firstAt = now;
    this.notes.set(fold, Object.assign(note, { row, aside, count: note.count + count, lastAt: now }));
  }

  /** Writes what is due; at shutdown all. One after the other, or a row would be written twice. */
  flush(all = false): Promise<void> {
    const before = this.flushing.catch(() => undefined);
    return (this.flushing = before.then(() => this.write(all)));
  }

  private async write(all: boolean): Promise<void> {
    const now = performance.now();
    const due: [Note, number][] = [];
    for (const [fold, note] of this.notes) {
      const over = note.due <= now;
      if (note.count > 0 && (over || all)) due.push([note, note.count]);
      else if (note.count === 0 && over) this.notes.delete(fold);
    }
    if (due.length === 0) return;
    await insertAudit(
      this.uow,
      due.map(([note]) => rowOf(note)),
    );
    for (const [note, written] of due) {
      note.count -= written;
      note.due = now + FOLD_MS;
    }
  }

  /** What makes two notes the same; when there are too many, only what they are about. */
  private folded(row: AuditRow): [string, AuditRow] {
    const { actor, credential, address, action, outcome, subject, details } = row;
    const fold = JSON.stringify([actor, credential, address, action, outcome, subject, details]);
    const most = actor === 'anonymous' ? MOST_ANONYMOUS : MOST;
    if (this.notes.size < most || this.notes.has(fold)) return [fold, row];
    const nobody = { actor: 'anonymous', actor_type: 'anonymous', actor_name: null, credential: null };
    const rest: AuditRow = { ...nobody, address: null, request_id: null, action, outcome, details: { others: true } };
    return [JSON.stringify([action, outcome]), rest];
  }
}

function rowOf({ row, aside, count, firstAt, lastAt }: Note): AuditRow {
  if (count === 1 && !aside) return row;
  const several = count > 1 && { count, first_at: firstAt, last_at: lastAt };
  return { ...row, details: { ...row.details, ...aside, ...several } };
}
