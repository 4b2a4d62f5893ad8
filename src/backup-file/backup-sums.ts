import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { BackupEnd, TableEnd, TableHead, TableSum } from './backup-format.js';

/** What a table's rows come to, added as they pass. */
export class RowSum {
  private readonly hash: Hash = createHash('sha256');
  rows = 0;

  add(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.hash.update(`${lines.join('\n')}\n`);
    this.rows += lines.length;
  }

  /** Once: no row may follow. */
  sha256(): string {
    return this.hash.digest('hex');
  }
}

/** What a backup comes to, added up by whoever writes one and by whoever reads it. */
export class BackupSums {
  readonly tables: TableSum[] = [];
  private readonly whole: Hash = createHash('sha256');
  private open: { head: TableHead; sum: RowSum } | undefined;

  /** A line that is no row. */
  line(text: string): void {
    this.whole.update(`${text}\n`);
  }

  get table(): string | undefined {
    return this.open?.head.table;
  }

  /** Rows so far of the table that is open. */
  get openRows(): number {
    return this.open?.sum.rows ?? 0;
  }

  begin(head: TableHead): void {
    this.open = { head, sum: new RowSum() };
  }

  rows(lines: readonly string[]): void {
    this.open?.sum.add(lines);
  }

  endTable(): TableEnd {
    const { head, sum } = this.open!;
    this.open = undefined;
    const { rows } = sum;
    const sha256 = sum.sha256();
    this.tables.push({ ...head, rows, sha256 });
    return { end: head.table, rows, sha256 };
  }

  /** Once, at the end. */
  end(): BackupEnd {
    const rows = this.tables.reduce((total, table) => total + table.rows, 0);
    return { end: null, tables: this.tables.length, rows, sha256: this.whole.digest('hex') };
  }
}
