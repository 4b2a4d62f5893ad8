/** One row of the outbox as it is read back; of a span, `seq` is the number of the last message. */
export interface EventRow {
  seq: number;
  span: number;
  type: string;
  entryId: string | null;
  payload: Record<string, unknown>;
  at: Date;
  actor: string;
}

/** Rows after a position, as many as fit. Everything up to `upTo` was looked at. */
export interface EventPage {
  rows: EventRow[];
  upTo: number;
  /** Whether more may follow right behind. */
  full: boolean;
  /** Whether any entry is restricted, so that it must be asked whether these are. */
  restricted: boolean;
}
