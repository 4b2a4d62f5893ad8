/** What stands first in every backup. */
export const BACKUP = 'universal-registry';
/** Of the file; another one is refused, whatever release it came from. */
export const FORMAT = 1;

/** A column and its type, as PostgreSQL writes it out. */
export type ColumnSpec = readonly [name: string, type: string];

/**
 * First line of a backup. The file is JSON, a value a line: the head; for each table its columns, its rows (`[…]`, each
 * value in PostgreSQL's own text) and what they came to; the end.
 */
export interface BackupHead {
  backup: string;
  format: number;
  /** Of the service that wrote it. */
  release: string;
  created_at: string;
  /** Version of its PostgreSQL. */
  postgres: string;
  /** What had been done to its tables, in order: the version of the schema. */
  migrations: string[];
  /** Number of its newest event. */
  seq: number;
  /** Events that had been committed, but had no number yet. They are in it, and get theirs where it is restored. */
  unnumbered: number;
  /** Last number given, by `table.column`. */
  sequences: Record<string, string>;
  /** Of the tables that are divided by time. */
  partitions: Record<string, string[]>;
  /** Which master keys its secrets need. */
  master_keys: string[];
  tables: string[];
}

export interface TableHead {
  table: string;
  columns: ColumnSpec[];
}

export interface TableEnd {
  end: string;
  rows: number;
  /** SHA-256 over the lines of its rows. */
  sha256: string;
}

/** Last line. */
export interface BackupEnd {
  end: null;
  tables: number;
  rows: number;
  /** SHA-256 over all lines before that are no rows: so over everything, as the rows' sums are among them. */
  sha256: string;
}

export interface TableSum extends TableHead {
  rows: number;
  sha256: string;
}

/** All that a backup says of itself. */
export interface BackupManifest {
  head: BackupHead;
  tables: TableSum[];
  rows: number;
  /** Of the whole backup: noted elsewhere, it tells whether a file is still the same. */
  checksum: string;
}

/** The file is no backup, or not a whole one; the message is for people. */
export class BackupFileError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'BackupFileError';
  }
}
