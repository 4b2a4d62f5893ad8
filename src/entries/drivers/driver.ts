import type { EntryRow } from '../entry-response.js';
import type { OperationRow } from './operation.js';

/** `spec.driver`, as its class has checked it. */
export interface DriverSpec {
  type?: string;
  url?: string | null;
  timeout_seconds?: number | null;
  workload?: 'deployment' | 'statefulset' | null;
  workload_name?: string | null;
  namespace?: string | null;
}

export interface DriverCall {
  operation: OperationRow;
  row: EntryRow;
  /** Gives the call up: the process stops, or the call takes too long. */
  signal: AbortSignal;
}

/**
 * What a driver has to say of an operation: it has ended; it was taken up (`again` says in how many seconds to ask, null
 * when the end will be reported); or nobody can tell yet, and the same is to be asked later.
 */
export type DriverAnswer =
  | { state: 'succeeded'; message?: string }
  | { state: 'failed'; message: string }
  | { state: 'running'; message?: string; again: number | null }
  | { state: 'unknown'; message: string; again?: number };

/**
 * Acts on running things. `act` is called at least once for an operation, maybe by several processes one after the other,
 * outside of any transaction: asking twice must do no more than asking once. What it throws is tried again.
 */
export interface Driver {
  act(call: DriverCall): Promise<DriverAnswer>;
}

export const driverOf = ({ spec }: Pick<EntryRow, 'spec'>): DriverSpec => spec.driver ?? {};
