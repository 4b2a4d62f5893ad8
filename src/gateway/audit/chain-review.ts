import type { ChainLink } from './audit-chain.repository.js';

export const FAULTS = [
  'row_changed',
  'row_missing',
  'row_unsealed',
  'seal_changed',
  'seal_missing',
  'seal_moved',
  'chain_broken',
  'head_changed',
  'signature_wrong',
  'signature_missing',
  'expected_head',
] as const;

/** Something about the trail that is not as it was written. */
export interface Fault {
  kind: (typeof FAULTS)[number];
  /** The place in the chain, and the last one where it is several. */
  seq?: number;
  to_seq?: number;
  /** The row of the trail. */
  audit_id?: string;
  detail: string;
}

/** How many faults are told; all are counted. */
const MOST = 100;

/**
 * Walks the chain and says what is wrong where. Each place is checked against the hash that stands before it, so one
 * change is one fault; whether the row or its seal was changed is told by the place after it.
 */
export class ChainReview {
  readonly faults: Fault[] = [];
  total = 0;
  /** A place that does not hold, until the next one tells why; and whether the one before it held. */
  private open?: { link: ChainLink; soundBefore: boolean };
  private sound = true;

  /** Begins behind the place `at`. */
  constructor(private at: number) {}

  add(fault: Fault): void {
    this.total++;
    if (this.faults.length < MOST) this.faults.push(fault);
  }

  take(link: ChainLink): void {
    if (!link.follows) this.gap(link.seq - 1);
    else if (link.missing) this.missing(link);
    else if (link.hash.equals(link.expected)) this.holds();
    else this.fails(link);
    this.at = link.seq;
  }

  /** The chain ends here, and should with the hash `head` at `seq`. */
  end(seq: number, head: Buffer): void {
    if (this.at < seq) this.gap(seq);
    else if (this.open) {
      const { link, soundBefore } = this.open;
      if (link.expected.equals(head)) this.settle('seal_changed');
      else this.settle(soundBefore && link.hash.equals(head) ? 'row_changed' : 'chain_broken');
    }
  }

  private gap(to: number): void {
    this.settle('chain_broken');
    const from = this.at + 1;
    const detail = from === to ? `Seal ${from} is gone.` : `Seals ${from} to ${to} are gone.`;
    this.add({ kind: 'seal_missing', seq: from, ...(to > from && { to_seq: to }), detail });
    this.sound = false;
  }

  private missing({ seq, auditId }: ChainLink): void {
    this.settle('chain_broken');
    this.add({ kind: 'row_missing', seq, audit_id: auditId, detail: `Row ${auditId}, sealed at ${seq}, is gone.` });
    this.sound = false;
  }

  private holds(): void {
    this.settle(this.open?.soundBefore ? 'row_changed' : 'chain_broken');
    this.sound = true;
  }

  private fails(link: ChainLink): void {
    if (this.open && link.holdsOtherwise) {
      this.settle('seal_changed');
      this.sound = true;
      return;
    }
    const moved = !link.ordered && this.open !== undefined;
    this.settle('chain_broken');
    if (moved) this.add(faultOf('seal_moved', link));
    else this.open = { link, soundBefore: this.sound };
    this.sound = false;
  }

  private settle(kind: 'row_changed' | 'seal_changed' | 'chain_broken'): void {
    if (this.open) this.add(faultOf(kind, this.open.link));
    this.open = undefined;
  }
}

const DETAILS = {
  row_changed: (row: string, seq: number) => `Row ${row} is not what was sealed at ${seq}.`,
  seal_changed: (row: string, seq: number) => `Seal ${seq}, of row ${row}, was changed.`,
  seal_moved: (row: string, seq: number) => `Seal ${seq} names row ${row}, whose place is another one.`,
  chain_broken: (row: string, seq: number) => `Row ${row} or its seal ${seq} is not what it was.`,
};

const faultOf = (kind: keyof typeof DETAILS, { seq, auditId }: ChainLink): Fault => ({
  kind,
  seq,
  audit_id: auditId,
  detail: DETAILS[kind](auditId, seq),
});
