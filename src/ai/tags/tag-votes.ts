export interface TagSource {
  similarity: number;
  tags: readonly string[];
}

export interface TextTag {
  tag: string;
  score: number;
}

export interface TagSuggestion {
  tag: string;
  /** 0 to 1; suggestions of one answer are compared by it. */
  score: number;
  sources: ('neighbours' | 'text')[];
  /** How many of the like entries have it. */
  neighbours: number;
}

/** How fast a neighbour's word loses weight with its distance, and what the text's own words count at most. */
const SPREAD = 0.1;
const TEXT_WEIGHS = 0.6;
/** What scores less is a coincidence. */
const LEAST = 0.05;

/** A tag as this registry writes them: `message queue` becomes `message-queue`. */
export const tagOf = (phrase: string): string =>
  phrase
    .toLowerCase()
    .trim()
    .replace(/[^\p{L}\p{N}.+#:]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 128);

/** What like entries are tagged with, the nearer the entry the more, and what the text itself says. */
export function voteOnTags(entries: readonly TagSource[], fromText: readonly TextTag[], most: number): TagSuggestion[] {
  const nearest = Math.max(0, ...entries.map(({ similarity }) => similarity));
  const weighted = entries.map((entry) => ({ ...entry, weight: Math.exp((entry.similarity - nearest) / SPREAD) }));
  const whole = weighted.reduce((sum, { weight }) => sum + weight, 0);
  const suggestions = new Map<string, TagSuggestion>();
  const of = (tag: string): TagSuggestion => {
    const known = suggestions.get(tag) ?? { tag, score: 0, sources: [], neighbours: 0 };
    suggestions.set(tag, known);
    return known;
  };
  for (const { tags, weight } of weighted) {
    for (const tag of new Set(tags)) {
      const suggestion = of(tag);
      suggestion.score += weight / whole;
      suggestion.neighbours++;
      suggestion.sources = ['neighbours'];
    }
  }
  // Far neighbours know little of the text, however much they agree.
  for (const suggestion of suggestions.values()) suggestion.score *= Math.min(1, nearest / 0.5);
  for (const { tag, score } of fromText) {
    const suggestion = of(tag);
    suggestion.score = 1 - (1 - suggestion.score) * (1 - score * TEXT_WEIGHS);
    suggestion.sources = [...suggestion.sources, 'text'];
  }
  return [...suggestions.values()]
    .filter(({ score }) => score >= LEAST)
    .sort((a, b) => b.score - a.score || (a.tag < b.tag ? -1 : 1))
    .slice(0, most)
    .map((suggestion) => ({ ...suggestion, score: Number(suggestion.score.toFixed(4)) }));
}
