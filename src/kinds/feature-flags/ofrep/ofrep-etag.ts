import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

// The package is CommonJS and its types describe a default export it does not have there.
const canonical = canonicalize as unknown as (value: unknown) => string | undefined;

/** Everything a bulk answer depends on. */
export interface BulkIdentity {
  environment: string;
  revision: number | string;
  context: object;
  /** What the caller may not see. */
  hidden: readonly string[];
  /** When an answer may change by time alone. */
  nextChange: number | undefined;
  /** Where changes are told. */
  stream: string;
}

/** The same for the same rules and the same context, on every replica: nothing need be evaluated to know it. */
export function bulkEtag({ environment, revision, context, hidden, nextChange, stream }: BulkIdentity): string {
  const hash = createHash('sha256')
    .update(`${environment}\n${revision}\n${nextChange ?? ''}\n${stream}\n${hidden.join(',')}\n`)
    .update(canonical(context) ?? '');
  return `"${hash.digest('base64url').slice(0, 27)}"`;
}

/** Whether the client has this already: a list, `*`, and weak tags count, as with GET. */
export const hasEtag = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
