/** A label's share of the evidence; those of one verdict add up to 1. */
export interface Share {
  label: string;
  share: number;
}

/** What is near to the text and what somebody said it is. */
export interface LabelledNeighbour {
  label: string;
  /** Cosine with the text. */
  similarity: number;
}

export interface Likeness {
  label: string;
  /** Cosine of the text with the nearest description of the label. */
  similarity: number;
}

/** Which cosines count as near in a model's space. */
export interface SpaceScale {
  /** A neighbour this near weighs 1. */
  near: number;
  /** So much nearer, and it weighs e times as much. */
  spread: number;
  /** So much more like one description than another, and it is e times as likely. */
  temperature: number;
}

/** As measured for the model that comes with the service. */
export const STATIC_SCALE: SpaceScale = { near: 0.6, spread: 0.12, temperature: 0.05 };

/** What the descriptions weigh beside neighbours. */
const DESCRIPTIONS_WEIGH = 0.5;
/** Neighbours that together weigh less say too little to be named as the reason. */
const ENOUGH = 0.5;

/** What a title that says itself what its thing is weighs. */
const STATED_WEIGHS = 1.5;

export type Method = 'rule' | 'neighbours' | 'zero_shot';

export interface Verdict {
  /** What the shares rest on most. */
  method: Method;
  /** Most likely first; none where there is no evidence at all. */
  shares: Share[];
}

/** Shares by likeness to descriptions alone. */
function described(likenesses: readonly Likeness[], { temperature }: SpaceScale): Map<string, number> {
  const best = Math.max(...likenesses.map(({ similarity }) => similarity));
  const weights = likenesses.map(({ label, similarity }): [string, number] => [
    label,
    Math.exp((similarity - best) / temperature),
  ]);
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  return new Map(weights.map(([label, weight]) => [label, weight / sum]));
}

const weightOf = (similarity: number, { near, spread }: SpaceScale): number => Math.exp((similarity - near) / spread);

/**
 * Weighs neighbours, each the more the nearer it is, the likeness to descriptions, which decides alone where no neighbour is
 * near, and what the text states itself.
 */
export function verdictOf(
  neighbours: readonly LabelledNeighbour[],
  likenesses: readonly Likeness[],
  scale: SpaceScale,
  stated?: string,
): Verdict {
  const shares = new Map<string, number>();
  let together = 0;
  for (const { label, similarity } of neighbours) {
    const weight = weightOf(similarity, scale);
    together += weight;
    shares.set(label, (shares.get(label) ?? 0) + weight);
  }
  const prior = likenesses.length > 0 ? described(likenesses, scale) : new Map<string, number>();
  for (const [label, share] of prior) shares.set(label, (shares.get(label) ?? 0) + share * DESCRIPTIONS_WEIGH);
  if (stated !== undefined) shares.set(stated, (shares.get(stated) ?? 0) + STATED_WEIGHS);
  const sum = [...shares.values()].reduce((total, weight) => total + weight, 0);
  const sorted = [...shares]
    .map(([label, weight]) => ({ label, share: weight / sum }))
    .sort((a, b) => b.share - a.share || (a.label < b.label ? -1 : 1));
  return { method: methodOf(sorted, together, stated), shares: sorted };
}

function methodOf([best]: readonly Share[], neighbours: number, stated: string | undefined): Method {
  if (stated !== undefined && best.label === stated) return 'rule';
  return neighbours >= ENOUGH ? 'neighbours' : 'zero_shot';
}
