import { BackupFileError } from './backup-format.js';

/** PostgreSQL takes no text that is longer. */
const LONGEST = 1024 ** 3 / 4;
const NEWLINE = 0x0a;

/** Lines of a stream of bytes, many at a time; only a newline ends one. What follows the last newline comes as `rest`. */
export class TextLines {
  private pieces: Buffer[] = [];
  private length = 0;

  /** The lines that are whole now. */
  push(chunk: Buffer): string[] {
    const last = chunk.lastIndexOf(NEWLINE);
    if (last < 0) {
      this.keep(chunk);
      return [];
    }
    const text = Buffer.concat([...this.pieces, chunk.subarray(0, last)]).toString('utf8');
    this.pieces = [];
    this.length = 0;
    this.keep(chunk.subarray(last + 1));
    return text.split('\n');
  }

  get rest(): string {
    return Buffer.concat(this.pieces).toString('utf8');
  }

  private keep(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.pieces.push(chunk);
    this.length += chunk.length;
    if (this.length > LONGEST) throw new BackupFileError('A line of it is longer than any backup has.');
  }
}
