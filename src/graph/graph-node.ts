import type { EntryIds } from '../entries/entry-ids.js';
import { toSummaryResponse } from '../entries/entry-response.js';
import type { SummaryResponse, SummaryRow } from '../entries/entry-response.js';
import { NotFoundError, RegistryError } from '../platform/errors/registry-error.js';
import type { Truncation } from './engine/breadth-first.js';
import type { NodeId } from './engine/neighbor-source.js';

/** An entry in a graph answer. */
export interface GraphNode extends SummaryResponse {
  /** Steps from the root. */
  distance: number;
}

export interface TruncationAnswer {
  /** `edges`: there are more relationships than an answer holds. */
  reason: Truncation['reason'] | 'edges';
  at_depth: number;
}

export const nodeOf = (row: SummaryRow, distance: number): GraphNode =>
  Object.assign(toSummaryResponse(row), { distance });

export const truncationOf = (truncated: Truncation | null): TruncationAnswer | null =>
  truncated && { reason: truncated.reason, at_depth: truncated.atDepth };

/** Inside id of the entry a client named. @throws NotFoundError whose `errors` name the parameter */
export async function entryNamed(ids: EntryIds, parameter: string, idOrKey: string): Promise<NodeId> {
  try {
    return Number((await ids.resolve(idOrKey)).id);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new RegistryError(404, error.code, error.message, error.title, error.logLevel, {
      errors: [{ field: parameter, message: 'names no entry there is' }],
    });
  }
}
