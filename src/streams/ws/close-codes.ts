/** Why the service closes a WebSocket; 4xxx mirror the HTTP status where there is one. */
export const CLOSE = {
  /** The service restarts: connect again. */
  restart: 1012,
  /** Reads too slowly: resume from the last `seq`. */
  slow: 4008,
  unauthenticated: 4401,
  forbidden: 4403,
  /** The position is older than what is kept. */
  cursorTooOld: 4410,
  tooMany: 4429,
  unavailable: 4503,
} as const;
