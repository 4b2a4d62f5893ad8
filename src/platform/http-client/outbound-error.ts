import { ImpossibleError } from '../errors/registry-error.js';

/**
 * Why a call to the outside did not come about:
 * `bad_url` (not an http or https URL, or with credentials in it), `refused` (an address that calls may not reach),
 * `redirected` (more often than allowed, or from https to http), `timeout`, `unreachable` (name, connection, certificate),
 * `too_large`, `bad_answer` (not HTTP, or not decodable), `bad_request` (a header that cannot be sent).
 */
export type OutboundFailure =
  'bad_url' | 'refused' | 'redirected' | 'timeout' | 'unreachable' | 'too_large' | 'bad_answer' | 'bad_request';

/**
 * 422 `outbound.<failure>`. Names the host as the caller gave it, never the address behind it: an answer must not help to
 * map the network inside.
 */
export class OutboundError extends ImpossibleError {
  constructor(
    readonly failure: OutboundFailure,
    detail: string,
  ) {
    super(`outbound.${failure}`, detail);
  }
}

/** What a call that was stopped throws: the reason its maker gave, or that it was given up. */
export const stopped = (signal: AbortSignal, host: string): OutboundError =>
  signal.reason instanceof OutboundError
    ? signal.reason
    : new OutboundError('timeout', `The call to ${host} was given up.`);
