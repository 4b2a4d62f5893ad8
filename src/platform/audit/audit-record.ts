import { currentRequest } from '../http/request-context.js';

export type AuditOutcome = 'success' | 'denied' | 'failed';

/** What a row of the audit trail is about: an entry, a key, a role … */
export interface AuditSubject {
  type: string;
  id?: string;
  /** The name people know it by: `svc_checkout@1.2.0`, the name of a role. */
  key?: string;
}

/** What happened. Nothing in it may be a secret: encrypted fields masked, hashes and credentials left out. */
export interface AuditRecord {
  /** `<area>.<what>`: `key.create`, `role.update`, `secret.reveal`. */
  action: string;
  /** `success` when left out. */
  outcome?: AuditOutcome;
  subject?: AuditSubject;
  /** What it was; of a change only the parts that changed (see `changedParts`). */
  before?: object | null;
  /** What it is now. */
  after?: object | null;
  details?: object;
}

/** Who did it, from where: the columns that the running request decides. */
export interface AuditOrigin {
  /** Id of the key; `system` outside of a request, `anonymous` for a caller who is not known. */
  actor: string;
  actor_type: string;
  actor_name: string | null;
  /** Whether the key itself was sent or a token made from it. */
  credential: string | null;
  address: string | null;
  request_id: string | null;
}

/** An IPv4 address as such, whatever socket it came through. */
export const plainAddress = (address: string | undefined): string | null =>
  address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null;

/** Of the running request; the service itself outside of one. */
export function currentOrigin(): AuditOrigin {
  const context = currentRequest();
  const principal = context?.principal;
  const nobody = context ? 'anonymous' : 'system';
  return {
    actor: principal?.id ?? nobody,
    actor_type: principal?.type ?? nobody,
    actor_name: principal?.name ?? null,
    credential: principal?.credential ?? null,
    address: plainAddress(context?.source?.ip),
    request_id: context?.requestId ?? null,
  };
}
