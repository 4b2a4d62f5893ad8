/** One meaning each; `help exit-codes` prints this table. */
export const ExitCode = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  auth: 4,
  conflict: 5,
  unreachable: 6,
  server: 7,
  rateLimited: 8,
  partial: 9,
  no: 10,
  invalid: 11,
  cancelled: 12,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const EXIT_CODE_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [ExitCode.ok, 'done (an empty list is also 0)'],
  [ExitCode.failure, 'unexpected failure'],
  [ExitCode.usage, 'wrong usage: unknown command or flag, missing argument, unreadable input'],
  [ExitCode.notFound, 'not found'],
  [ExitCode.auth, 'not authenticated, or not allowed'],
  [ExitCode.conflict, 'conflict with the present state, or a stale --if-match'],
  [ExitCode.unreachable, 'the server cannot be reached, or did not answer in time'],
  [ExitCode.server, 'the server failed (5xx)'],
  [ExitCode.rateLimited, 'rate limited'],
  [ExitCode.partial, 'some items of a batch failed'],
  [ExitCode.no, 'the answer is no: unhealthy, not signed in, a wait that was not met'],
  [ExitCode.invalid, 'the server refused the values (400, 422)'],
  [ExitCode.cancelled, 'cancelled at a prompt'],
  [ExitCode.interrupted, 'interrupted (Ctrl-C)'],
  [ExitCode.terminated, 'terminated (SIGTERM)'],
];

export function exitCodeForStatus(status: number): ExitCode {
  if (status === 401 || status === 403) return ExitCode.auth;
  if (status === 404 || status === 410) return ExitCode.notFound;
  if (status === 408) return ExitCode.unreachable;
  if (status === 409 || status === 412 || status === 428) return ExitCode.conflict;
  if (status === 429) return ExitCode.rateLimited;
  if (status >= 500) return ExitCode.server;
  if (status >= 400) return ExitCode.invalid;
  return ExitCode.failure;
}
