import { StaleError } from '../../../platform/errors/registry-error.js';

/** A value of a key in a scope, the scope as the version of an entry; or the one of a public id. */
export interface ConfigTarget {
  /** Then key and scope say nothing. */
  uid?: string;
  name: string;
  scopeText: string;
}

export interface Precondition {
  /** The revision it must be at; 0: it must not be there. */
  revision?: number;
}

/** @throws StaleError */
export function assertRevision({ revision }: Precondition, current: number): void {
  if (revision !== undefined && revision !== current) throw new StaleError(current);
}
