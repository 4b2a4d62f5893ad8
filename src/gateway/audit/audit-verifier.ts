import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AuditChainRepository } from './audit-chain.repository.js';
import { AuditCheckpoints } from './audit-checkpoints.js';
import type { ChainPlace } from './audit-checkpoints.js';
import { ChainReview } from './chain-review.js';
import type { Fault } from './chain-review.js';

const LINKS = 1000;
const ROWS = 10_000;
/** A row without a place is a fault after so long. */
const UNSEALED_SECONDS = 60;
const GENESIS = Buffer.alloc(32);

export interface Verification {
  intact: boolean;
  /** Places looked at. */
  checked: number;
  head: { seq: number; hash: string };
  /** The first hundred faults. */
  broken: Fault[];
  broken_total: number;
  /** Rows that wait for their place. */
  unsealed: { rows: number; oldest_seconds: number };
  /** The first and last signature that holds; null without signatures, or without the master key. */
  signed: { from: number; to: number } | null;
}

export interface VerificationQuestion {
  /** First place to look at: 1 for the whole trail. */
  fromSeq: number;
  /** A place that somebody noted earlier. */
  expected?: { seq: number; hash: string };
  /** Whether to go on. */
  wanted?: () => boolean;
}

/** Recomputes the chain over the audit trail, page by page and with flat memory, and names what does not hold. */
@Injectable()
export class AuditVerifier {
  constructor(
    private readonly chain: AuditChainRepository,
    private readonly checkpoints: AuditCheckpoints,
  ) {}

  async verify({ fromSeq, expected, wanted = () => true }: VerificationQuestion): Promise<Verification> {
    const { end, signedTo } = await this.chain.head();
    const start = fromSeq > 1 ? await this.chain.find(fromSeq - 1) : undefined;
    const after: ChainPlace = start ? { seq: fromSeq - 1, hash: start.hash } : { seq: 0, hash: GENESIS };
    const review = new ChainReview(after.seq);
    if (expected) await this.compare(expected, review);
    const signed = await this.walk(after, end, review, wanted);
    review.end(end.seq, end.hash);
    await this.checkEnd(end, signedTo, review);
    const unsealed = await this.unsealed(start?.auditId ?? '0', review, wanted);
    return {
      intact: review.total === 0,
      checked: Math.max(0, end.seq - after.seq),
      head: { seq: end.seq, hash: end.hash.toString('hex') },
      broken: review.faults,
      broken_total: review.total,
      unsealed,
      signed,
    };
  }

  private async walk(
    after: ChainPlace,
    end: ChainPlace,
    review: ChainReview,
    wanted: () => boolean,
  ): Promise<Verification['signed']> {
    const keyed = await this.checkpoints.available();
    let signed = null as Verification['signed'];
    let place = after;
    let shouldBe = after.hash;
    while (place.seq < end.seq && wanted()) {
      const links = await this.chain.links(place, shouldBe, end.seq, LINKS);
      for (const link of links) {
        review.take(link);
        if (link.mac === null || !keyed) continue;
        if (link.mac === (await this.checkpoints.mac(link))) signed = { from: signed?.from ?? link.seq, to: link.seq };
        else
          review.add({ kind: 'signature_wrong', seq: link.seq, detail: `The signature at ${link.seq} does not hold.` });
      }
      const last = links.at(-1);
      if (!last) break;
      place = { seq: last.seq, hash: last.hash };
      shouldBe = last.expected;
      await turn();
    }
    return signed;
  }

  /** Whether the end is the one that the sealer goes by, and is signed if anything is. */
  private async checkEnd(end: ChainPlace, signedTo: number | null, review: ChainReview): Promise<void> {
    const last = end.seq > 0 ? (await this.chain.find(end.seq))?.hash : GENESIS;
    if (last && !last.equals(end.hash))
      review.add({ kind: 'head_changed', seq: end.seq, detail: `The end of the chain is not the hash at ${end.seq}.` });
    if (end.seq === (signedTo ?? 0)) return;
    if (signedTo === null && !(await this.checkpoints.available())) return;
    const detail =
      signedTo === null
        ? 'Nothing is signed, though there is a master key.'
        : signedTo > end.seq
          ? `${signedTo} is signed, but the chain ends at ${end.seq}: its end was cut off.`
          : `Nothing behind ${signedTo} is signed: the chain was changed, or was sealed without the master key.`;
    review.add({ kind: 'signature_missing', seq: Math.min(signedTo ?? 0, end.seq) + 1, detail });
  }

  private async compare({ seq, hash }: { seq: number; hash: string }, review: ChainReview): Promise<void> {
    const there = seq === 0 ? GENESIS : (await this.chain.find(seq))?.hash;
    if (there?.toString('hex') === hash) return;
    const detail = there ? `The hash at ${seq} is another one.` : `There is no seal ${seq} any more.`;
    review.add({ kind: 'expected_head', seq, detail });
  }

  private async unsealed(from: string, review: ChainReview, wanted: () => boolean): Promise<Verification['unsealed']> {
    let rows = 0;
    let oldest = 0;
    for (let after: string | null = from; after !== null && wanted(); await turn()) {
      const page = await this.chain.unsealed(after, ROWS, UNSEALED_SECONDS);
      rows += page.unsealed;
      oldest = Math.max(oldest, page.oldestSeconds ?? 0);
      for (const id of page.late)
        review.add({ kind: 'row_unsealed', audit_id: id, detail: `Row ${id} has no seal, and should have one.` });
      after = page.last;
    }
    return { rows, oldest_seconds: Math.round(oldest) };
  }
}
