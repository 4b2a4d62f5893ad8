import { InvalidError, RegistryError } from '../platform/errors/registry-error.js';

/** 410: events after the asked position were dropped by retention. */
export class CursorTooOldError extends RegistryError {
  constructor(readonly floor: number) {
    super(
      410,
      'events.cursor_too_old',
      `Events up to ${floor} are no longer kept: the oldest is ${floor + 1} (since=${floor}). Read the catalog again, then resume from there.`,
      'Gone',
      'info',
      { extra: { oldest_seq: floor + 1 } },
    );
  }
}

/** Refuses a position that cannot be continued from. A position that was never given comes from another database. */
export function checkPosition(since: number, bounds: { head: number; floor: number }): void {
  if (since < bounds.floor) throw new CursorTooOldError(bounds.floor);
  if (since > bounds.head) {
    throw InvalidError.field('since', `is beyond the newest event, ${bounds.head}`, 'events.cursor_ahead');
  }
}
