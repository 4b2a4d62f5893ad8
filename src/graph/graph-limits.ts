/** What one request may cost. Every answer cut short by one of these says so. */

/** Most steps that may be asked for. */
export const MOST_DEPTH = 10;

/** `/graph`: for screens, so it ends early and does not walk through hubs. */
export const WALK = { depth: 3, nodes: 1_000, mostNodes: 10_000, edges: 100_000, hub: 5_000, milliseconds: 10_000 };

/** Dependencies and impact: complete sets. */
export const CLOSURE = { nodes: 10_000, mostNodes: 100_000, milliseconds: 60_000, types: ['depends_on', 'requires'] };

export const PATH = { nodes: 200_000, edges: 1_000_000, milliseconds: 15_000 };

/** All paths between two entries. */
export const PATHS = {
  depth: 5,
  paths: 10,
  mostPaths: 100,
  nodes: 20_000,
  edges: 200_000,
  beginnings: 300_000,
  milliseconds: 15_000,
};

/** Strongly connected components hold the relationships in memory, some twenty bytes each. */
export const CYCLES = { edges: 10_000_000, shownNodes: 100, milliseconds: 120_000, types: ['depends_on', 'requires'] };

/**
 * Centrality, components, communities. An answer waits for so long; the work goes on for as long as a large graph takes. A
 * result that was worked out within `quick` is never answered stale: it is worked out anew first.
 */
export const ANALYSIS = {
  answerMilliseconds: 60_000,
  workMilliseconds: 600_000,
  quickMilliseconds: 3_000,
  waiting: 16,
  shownNodes: 100,
  /** Of all groups of an answer together. */
  mostShownNodes: 20_000,
};
