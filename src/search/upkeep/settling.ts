/** A size that moved by less between two looks is at rest. */
const AT_REST = 0.01;
/** A size that never rests is taken as it is after so many looks. */
const MOST_LOOKS = 10;

/**
 * Tells when something that was growing has come to rest. What is computed from the whole catalog is worth computing after
 * an import, not in the middle of it, where it would slow the import and be out of date at once.
 */
export class Settling {
  private last: number | undefined;
  private looks = 0;

  /** True when `size` is about what it was at the last look, or has not rested for ten. */
  settled(size: number): boolean {
    const atRest = this.last !== undefined && Math.abs(size - this.last) <= AT_REST * Math.max(size, this.last);
    this.last = size;
    if (!atRest && ++this.looks < MOST_LOOKS) return false;
    this.looks = 0;
    return true;
  }
}
