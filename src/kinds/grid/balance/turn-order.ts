/** A cycle is never longer: of weights whose sum is greater it keeps the shares to a few hundredths of a turn in a thousand. */
export const LONGEST_CYCLE = 16_384;

/**
 * Smooth weighted round robin as one cycle that repeats: whose turn each turn is, by place in `weights` (whole, from 1). In
 * every run of turns from the cycle's beginning each has its share to less than one turn. It is the schedule of Pfair for one
 * processor (Baruah et al., 1996): the k-th turn of a share w falls between k/w and (k+1)/w, the earliest end comes first.
 */
export function turnOrder(weights: readonly number[]): Uint32Array {
  const shares = reduced(weights);
  const length = shares.reduce((sum, share) => sum + share, 0);
  const order = new Uint32Array(length);
  const taken = new Uint32Array(shares.length);
  const begins: number[][] = Array.from({ length }, () => []);
  for (const place of shares.keys()) begins[0].push(place);
  const ready = new Deadlines(shares, taken, length);
  for (let turn = 0; turn < length; turn++) {
    for (const place of begins[turn]) ready.push(place);
    const place = ready.pop();
    order[turn] = place;
    taken[place]++;
    if (taken[place] < shares[place])
      begins[Math.max(turn + 1, Math.floor((taken[place] * length) / shares[place]))].push(place);
  }
  return order;
}

/** The same proportions in numbers that make a short cycle. */
function reduced(weights: readonly number[]): number[] {
  const divisor = weights.reduce(greatestCommon, 0);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum / divisor <= Math.max(LONGEST_CYCLE, weights.length)) return weights.map((weight) => weight / divisor);
  const scale = LONGEST_CYCLE / sum;
  return weights.map((weight) => Math.max(1, Math.round(weight * scale)));
}

const greatestCommon = (a: number, b: number): number => (b === 0 ? a : greatestCommon(b, a % b));

/** A binary heap of those who may have a turn: by when theirs has to be at the latest, then by place. */
class Deadlines {
  private readonly heap: number[] = [];

  constructor(
    private readonly shares: readonly number[],
    private readonly taken: Uint32Array,
    private readonly length: number,
  ) {}

  push(place: number): void {
    const { heap } = this;
    let at = heap.push(place) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && this.before(heap[at], heap[parent]); parent = (at - 1) >> 1) {
      [heap[at], heap[parent]] = [heap[parent], heap[at]];
      at = parent;
    }
  }

  pop(): number {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && this.before(heap[child], heap[least])) least = child;
      if (least === at) return first;
      [heap[at], heap[least]] = [heap[least], heap[at]];
      at = least;
    }
  }

  private before(a: number, b: number): boolean {
    const difference = this.deadline(a) - this.deadline(b);
    return difference === 0 ? a < b : difference < 0;
  }

  private deadline(place: number): number {
    return Math.ceil(((this.taken[place] + 1) * this.length) / this.shares[place]);
  }
}
