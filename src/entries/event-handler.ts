import { SetMetadata } from '@nestjs/common';

/** A numbered event, as it was written in the transaction of its change. A row with a span is one event here. */
export interface SequencedEvent {
  /** Gapless and rising; of a row that stands for several messages the number of the last. */
  seq: number;
  span: number;
  type: string;
  entryId: string | null;
  /** `{ entity, patch? }` or `{ relationships: [...] }`. */
  payload: Record<string, unknown>;
  at: Date;
  /** `api_key:<id>` … or `system`. */
  actor: string;
}

/** What a provider marked {@link HandlesEvents} implements. */
export interface EventHandler {
  /**
   * Gets every event of its types at least once, in `seq` order, a batch at a time, and outside of any transaction. A
   * batch that throws comes again, after a pause that grows; so handling one event twice must change nothing.
   */
  handle(events: SequencedEvent[]): Promise<void>;
}

export interface HandlerOptions {
  /** Where a handler that is new to this database begins: at the oldest kept event (default), or after the newest. */
  from?: 'oldest' | 'newest';
  /** Most events in one call; 500 when left out. */
  batch?: number;
  /** Most of the time that catching up may take, so that it leaves the machine to the writers; 1 (all) when left out. */
  share?: number;
}

export interface HandlerDeclaration extends Required<HandlerOptions> {
  name: string;
  types: readonly string[];
}

export const HANDLES_EVENTS = 'registry:handles-events';
const MOST_IN_A_BATCH = 500;

/**
 * Marks a provider as at-least-once handler of events. `name` keys its position in the database, so it never changes;
 * `types` are names or patterns: `entity_created`, `entity_*`, `*`.
 */
export function HandlesEvents(name: string, types: readonly string[], options: HandlerOptions = {}): ClassDecorator {
  const batch = Math.min(options.batch ?? MOST_IN_A_BATCH, MOST_IN_A_BATCH);
  const { from = 'oldest', share = 1 } = options;
  const declaration: HandlerDeclaration = { name, types, from, batch, share };
  return SetMetadata(HANDLES_EVENTS, declaration);
}
