/** A point of a curve: where the evidence's share is `share`, `rate` of the answers were right. */
export type CurvePoint = readonly [share: number, rate: number];

/** Rising in both; between points it is straight, beyond the ends flat. */
export type Curve = readonly CurvePoint[];

/** How likely an answer is right that rests on this share of the evidence. */
export function calibrated(share: number, curve: Curve): number {
  const next = curve.findIndex(([x]) => x >= share);
  if (next < 0) return curve.at(-1)![1];
  if (next === 0) return curve[0][1];
  const [x0, y0] = curve[next - 1];
  const [x1, y1] = curve[next];
  return y0 + ((y1 - y0) * (share - x0)) / (x1 - x0);
}

export interface Outcome {
  share: number;
  right: boolean;
}

interface Block {
  shares: number;
  right: number;
  count: number;
}

/** Fewer outcomes than this make a point that says more than is known. */
const LEAST_IN_BLOCK = 25;

/**
 * Isotonic regression by pooling adjacent violators, the outcomes first put into equal parts so that no point rests on a
 * few; half an outcome of each kind is added to every block, for nothing measured on a few hundred is certain.
 */
export function fitCurve(outcomes: readonly Outcome[]): Curve {
  const sorted = outcomes.toSorted((a, b) => a.share - b.share);
  const size = Math.max(LEAST_IN_BLOCK, Math.ceil(sorted.length / 20));
  const blocks: Block[] = [];
  for (let at = 0; at < sorted.length; at += size) {
    const part = sorted.slice(at, at + size);
    blocks.push({
      shares: part.reduce((sum, { share }) => sum + share, 0),
      right: part.filter(({ right }) => right).length,
      count: part.length,
    });
    while (blocks.length > 1 && rateOf(blocks.at(-2)!) >= rateOf(blocks.at(-1)!)) {
      const last = blocks.pop()!;
      const before = blocks.at(-1)!;
      before.shares += last.shares;
      before.right += last.right;
      before.count += last.count;
    }
  }
  return blocks.map((block) => [rounded(block.shares / block.count), rounded(rateOf(block))]);
}

const rateOf = ({ right, count }: Block): number => (right + 0.5) / (count + 1);
const rounded = (value: number): number => Number(value.toFixed(4));
