/** What the service tells the database's process at its start. */
export interface ServerOptions {
  /** Where the data lies. */
  folder: string;
  /** A folder with a fresh database to copy at the first start. */
  image?: string;
  /** Socket file; without it a port of the loopback interface is taken, `port` when that is given. */
  socket?: string;
  port?: number;
  fsync: boolean;
  idleInTransactionMs: number;
  /** How often vacuum, analyze and checkpoint are thought of. */
  upkeepMs: number;
}

export type ToServer =
  | 'stop'
  | 'ping'
  /** Copies its folder as it stands between two requests. */
  | { copyTo: string };

export type FromServer =
  | { ready: true; port?: number }
  | { failed: string }
  | { alive: true }
  /** A vacuum or a checkpoint may last: silence is no sign of a fault meanwhile. */
  | { upkeeping: boolean }
  /** The copy is there, or the reason why it is not. */
  | { copied: string; failure?: string };
