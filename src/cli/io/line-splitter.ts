const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Longer than any package of any archive; beyond it a line is dropped, so that no input can fill the memory. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** `line` is undefined for one that was too long. */
export type OnLine = (line: Buffer | undefined, number: number) => void;

/** Cuts chunks into lines; a callback rather than an iterator, because an index has millions of them. */
export class LineSplitter {
  private rest: Buffer[] = [];
  private restBytes = 0;
  private dropping = false;
  private number = 0;

  constructor(private readonly onLine: OnLine) {}

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE, start); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.emit(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.keep(chunk.subarray(start));
  }

  end(): void {
    if (this.restBytes > 0 || this.dropping) this.emit(Buffer.alloc(0));
  }

  private emit(last: Buffer): void {
    this.number += 1;
    const whole = this.rest.length === 0 ? last : Buffer.concat([...this.rest, last]);
    const dropped = this.dropping || whole.length > MAX_LINE_BYTES;
    this.rest = [];
    this.restBytes = 0;
    this.dropping = false;
    if (dropped) return this.onLine(undefined, this.number);
    return this.onLine(whole.at(-1) === CARRIAGE_RETURN ? whole.subarray(0, -1) : whole, this.number);
  }

  private keep(piece: Buffer): void {
    if (this.dropping) return;
    this.rest.push(piece);
    this.restBytes += piece.length;
    if (this.restBytes <= MAX_LINE_BYTES) return;
    this.dropping = true;
    this.rest = [];
    this.restBytes = 0;
  }
}
