export const OPERATION_STATES = ['pending', 'running', 'succeeded', 'failed'] as const;

/** `pending`: not taken up yet; `running`: taken up, its end not known yet. */
export type OperationState = (typeof OPERATION_STATES)[number];
export type OperationEnd = Extract<OperationState, 'succeeded' | 'failed'>;

/** What a driver was asked to do with the running thing behind an entry. */
export interface OperationRow {
  /** UUID v7: the public id, and the Idempotency-Key of every call made for it. */
  id: string;
  /** Inside id. */
  entry_id: string;
  verb: string;
  from_state: string;
  /** Of `scale` the same as `from_state`. */
  to_state: string;
  capacity: number | null;
  driver: string;
  state: OperationState;
  /** Why it failed, or what the controller said. */
  message: string | null;
  /** What the request asked beside its verb, for the hooks of the state that follows. */
  options: { cascade?: boolean; input?: Record<string, unknown> };
  requested_by: string;
  /** How often the controller was asked. */
  attempts: number;
  created_at: Date;
  deadline: Date;
  ended_at: Date | null;
}

/** An operation as the wire has it. */
export function toOperationResponse(row: OperationRow) {
  return {
    id: row.id,
    verb: row.verb,
    from: row.from_state,
    to: row.to_state,
    capacity: row.capacity,
    driver: row.driver,
    state: row.state,
    message: row.message,
    attempts: row.attempts,
    requested_by: row.requested_by,
    created_at: row.created_at.toISOString(),
    deadline: row.deadline.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}
