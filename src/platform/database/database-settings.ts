/** Injection token of {@link DatabaseSettings}. */
export const DATABASE_SETTINGS = Symbol('DATABASE_SETTINGS');

export interface DatabaseSettings {
  /** True when PGlite serves the data: one session behind a socket. */
  embedded: boolean;
  /** Connection string, or the folder of the embedded database's socket. */
  url: string;
  /** The same database past a pooler of transactions, for what takes a session of its own; as `url` when left out. */
  directUrl?: string;
  /** Most connections in the pool. */
  poolSize: number;
  /** Milliseconds after which a statement is cancelled; 0 for never. */
  statementTimeout: number;
}
