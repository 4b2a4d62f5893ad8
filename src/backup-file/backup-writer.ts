import type { BackupHead, TableHead } from './backup-format.js';
import { BackupSums } from './backup-sums.js';

/** The text of a backup, piece by piece. */
export class BackupWriter {
  private readonly sums = new BackupSums();

  head(head: BackupHead): string {
    return this.written(head);
  }

  table(head: TableHead): string {
    this.sums.begin(head);
    return this.written(head);
  }

  rows(lines: readonly string[]): string {
    this.sums.rows(lines);
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }

  endTable(): string {
    return this.written(this.sums.endTable());
  }

  end(): string {
    return `${JSON.stringify(this.sums.end())}\n`;
  }

  private written(value: object): string {
    const text = JSON.stringify(value);
    this.sums.line(text);
    return `${text}\n`;
  }
}
