import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Jobs } from '../jobs/jobs.js';
import { insertAudit } from './audit-insert.js';
import type { AuditRow } from './audit-insert.js';

const FLUSH_MS = 500;
const FOLD_MS = 60_000;
/** Different notes kept at a time; what comes beyond is counted by action alone. */
const MOST = 5_000;

interface Note {
  row: AuditRow;
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

  add(given: AuditRow): void {
    const [fold, row] = this.folded(given);
    const now = new Date();
    const note = this.notes.get(fold);
    if (note) {
      note.count++;
      note.lastAt = now;
      note.row = row;
    } else this.notes.set(fold, { row, count: 1, firstAt: now, lastAt: now, due: 0 });
  }

  /** Writes what is due; at shutdown all. */
  async flush(all = false): Promise<void> {
    const now = performance.now();
    const due: [Note, number][] = [];
    for (const [fold, note] of this.notes) {
      if (!all && note.due > now) continue;
      if (note.count === 0) this.notes.delete(fold);
      else due.push([note, note.count]);
    }
    if (due.length === 0) return;
    await insertAudit(
      this.uow,
      due.map(([note]) => rowOf(note)),
    );
    for (const [note, written] of due) {
      note.count -= written;
      note.firstAt = note.lastAt;
      note.due = now + FOLD_MS;
    }
  }

  /** What makes two notes the same; when there are too many, only what they are about. */
  private folded(row: AuditRow): [string, AuditRow] {
    const { actor, credential, address, action, outcome, subject, details } = row;
    const fold = JSON.stringify([actor, credential, address, action, outcome, subject, details]);
    if (this.notes.size < MOST || this.notes.has(fold)) return [fold, row];
    const nobody = { actor: 'anonymous', actor_type: 'anonymous', actor_name: null, credential: null };
    const rest: AuditRow = { ...nobody, address: null, request_id: null, action, outcome, details: { others: true } };
    return [JSON.stringify([action, outcome]), rest];
  }
}

const rowOf = ({ row, count, firstAt, lastAt }: Note): AuditRow =>
  count === 1 ? row : { ...row, details: { ...row.details, count, first_at: firstAt, last_at: lastAt } };
