export const MENTION_TYPES = [
  'technology', 'entity', 'version', 'url', 'email', 'ip', 'port', 'license', 'metric', 'person', 'organisation',
] as const; // prettier-ignore
export type MentionType = (typeof MENTION_TYPES)[number];

/** Something a text names, with where it stands there. */
export interface Mention {
  type: MentionType;
  /** As it stands in the text: `text.slice(start, end)`, in UTF-16 units. */
  text: string;
  start: number;
  end: number;
  /** What is meant: the usual name, the SPDX id, the bare number. */
  value: string;
  /** What else is known of it: `area` of a technology, `unit` of a metric, `key` of an entry. */
  detail?: Record<string, string | number>;
}

/** Which of two types has a stretch of text that both claim and that is as long for both. */
const RANK = new Map<MentionType, number>(
  (
    ['url', 'email', 'license', 'entity', 'technology', 'ip', 'version', 'port', 'metric', 'organisation', 'person'] as const
  ).map((type, at) => [type, at]),
); // prettier-ignore
/** What stands in an address is part of it, whatever else is longer. */
const ADDRESSES: readonly MentionType[] = ['url', 'email'];

const claims = ({ type, start, end }: Mention): number[] => [
  ADDRESSES.includes(type) ? 0 : 1,
  start - end,
  RANK.get(type)!,
  start,
];

/** Leaves every stretch of text to one mention, addresses first, then the longer one, and puts them in the order of the text. */
export function withoutOverlaps(mentions: readonly Mention[]): Mention[] {
  const ordered = mentions
    .map((mention) => ({ mention, claim: claims(mention) }))
    .sort((a, b) => a.claim.map((value, at) => value - b.claim[at]).find((difference) => difference !== 0) ?? 0);
  const taken: Mention[] = [];
  const covered = new Set<number>();
  for (const { mention } of ordered) {
    let free = true;
    for (let at = mention.start; free && at < mention.end; at++) free = !covered.has(at);
    if (!free) continue;
    for (let at = mention.start; at < mention.end; at++) covered.add(at);
    taken.push(mention);
  }
  return taken.sort((a, b) => a.start - b.start);
}
