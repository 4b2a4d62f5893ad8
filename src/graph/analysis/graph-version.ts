/** Which state of the catalog something was worked out from. */
export interface GraphVersion {
  /** Statements that have changed relationships so far; moves with every committed one. */
  changes: number;
  entries: number;
  relationships: number;
}

export const sameVersion = (a: GraphVersion, b: GraphVersion): boolean =>
  a.changes === b.changes && a.entries === b.entries;
