import { currentRequest } from '../http/request-context.js';
import type { Principal } from '../http/request-context.js';

export type AuditOutcome = 'success' | 'denied' | 'failed';

/** What a row of the audit trail is about: an entry, a key, a role … */
export interface AuditSubject {
  type: string;
  id?: string;
  /** The name people know it by: `svc_checkout@1.2.0`, the name of a role. */
  key?: string;
}

/**
 * What happened. Nothing in it may be a secret: encrypted fields masked, hashes and credentials left out. Who did it, and
 * from where, is the running request's matter unless it is given.
 */
export interface AuditRecord extends Partial<AuditOrigin> {
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

/** The columns that name somebody. */
export const originOf = ({
  id,
  type,
  name,
  credential,
}: Principal): Pick<AuditOrigin, 'actor' | 'actor_type' | 'actor_name' | 'credential'> => ({
  actor: id,
  actor_type: type,
  actor_name: name,
  credential: credential ?? null,
});

/** Of the running request; the service itself outside of one. */
export function currentOrigin(): AuditOrigin {
  const context = currentRequest();
  const nobody = context ? 'anonymous' : 'system';
  return {
    ...(context?.principal
      ? originOf(context.principal)
      : { actor: nobody, actor_type: nobody, actor_name: null, credential: null }),
    address: plainAddress(context?.source?.ip),
    request_id: context?.requestId ?? null,
  };
}
