import type { CommandContext } from '../core/context.js';
import { parseCount } from '../core/duration.js';
import type { View } from '../output/view.js';
import type { OptionSpec } from '../spec/types.js';
import { RELATIONSHIP_TYPES } from '../views/relationship-view.js';
import { GRAPH_FIELDS, nodeView, type GraphAnswer, type GraphNode } from '../views/graph-view.js';

export const TYPES: OptionSpec = {
  flags: '--types <list>',
  summary: 'only these relationship types, comma-separated',
  completes: RELATIONSHIP_TYPES,
  list: true,
  common: true,
};
export const DIRECTION: OptionSpec = {
  flags: '--direction <direction>',
  summary: 'out, in or both',
  choices: ['out', 'in', 'both'],
  common: true,
};
export const LIMIT: OptionSpec = { flags: '--limit <n>', summary: 'at most so many entries', common: true };

export const graphView: View<GraphAnswer> = { fields: GRAPH_FIELDS, columns: [], name: () => '' };

const TRUNCATIONS: Record<string, string> = {
  limit: 'the limit of entries was reached',
  edges: 'there are too many relationships',
  deadline: 'it took too long',
  hub: 'an entry with very many relationships was not walked through',
};

export function limitOf(options: Record<string, unknown>): number | undefined {
  return options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, 1_000_000);
}

/** Programs get the answer as it is; a table shows its nodes, and so do csv, name and templates. */
export async function show<Answer extends { nodes: GraphNode[] }>(
  context: CommandContext,
  answer: Answer,
  view: View<Answer>,
  raw: Answer = answer,
): Promise<void> {
  if (!context.quiet && ['json', 'jsonl', 'yaml'].includes(context.format.name)) return context.one(raw, view);
  return context.list(answer.nodes, nodeView);
}

export function noticeTruncation(context: CommandContext, truncated: GraphAnswer['truncated'] | boolean): void {
  if (!truncated) return;
  const reason =
    typeof truncated === 'object' ? (TRUNCATIONS[truncated.reason] ?? truncated.reason) : 'the limit was reached';
  const where =
    typeof truncated === 'object' && truncated.at_depth !== undefined ? ` from step ${truncated.at_depth} on` : '';
  context.notice(`incomplete${where}: ${reason}; try a smaller depth, --types or a larger --limit`);
}
