import { ExitCode } from './exit-codes.js';

export interface CliErrorOptions {
  exitCode?: ExitCode;
  /** Why, in one line. */
  reason?: string;
  /** The command to run next. */
  next?: string;
  status?: number;
  requestId?: string;
  details?: unknown;
  /** Usage line shown with usage errors. */
  usage?: string;
  cause?: unknown;
}

/** Whatever ends a command with a code other than 0: what went wrong, why, and what to run next. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly reason?: string;
  readonly next?: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly details?: unknown;
  readonly usage?: string;

  constructor(
    /** Stable and machine-readable: the server's problem code, or `cli.<what>`. */
    readonly code: string,
    message: string,
    options: CliErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'CliError';
    this.exitCode = options.exitCode ?? ExitCode.failure;
    this.reason = options.reason;
    this.next = options.next;
    this.status = options.status;
    this.requestId = options.requestId;
    this.details = options.details;
    this.usage = options.usage;
  }
}

export function usageError(message: string, options: Omit<CliErrorOptions, 'exitCode'> = {}): CliError {
  return new CliError('cli.usage', message, { ...options, exitCode: ExitCode.usage });
}

/** Of the server: that a route is not there, as opposed to a thing that is not there. */
export function isMissingRoute({ code }: CliError): boolean {
  return code === 'route.not_found' || code === 'route.method_not_allowed';
}

/** Data was to come from standard input, which is a terminal: the usage line is told too. */
export const NOTHING_PIPED = 'cli.nothing_piped';

export function withUsage(error: CliError, usage: string | undefined): CliError {
  return new CliError(error.code, error.message, { ...error, usage, cause: error.cause });
}

/** Nothing more to say (the answer itself was printed): only the exit code is left to give. */
export class SilentExit extends Error {
  constructor(readonly exitCode: ExitCode) {
    super(`exit ${exitCode}`);
    this.name = 'SilentExit';
  }
}

export interface ErrorPaint {
  red(text: string): string;
  dim(text: string): string;
}

/** `error:`, `reason:`, `next:` — the form every failure has on a terminal. */
export function errorLines(error: CliError, paint: ErrorPaint): string[] {
  const lines = [`${paint.red('error:')} ${oneLine(error.message)}`];
  for (const { field, message } of fieldErrors(error.details)) {
    if (!error.message.includes(message)) lines.push(`  ${field}: ${message}`);
  }
  if (error.reason) lines.push(`reason: ${oneLine(error.reason)}`);
  if (error.requestId && (error.status ?? 0) >= 500) lines.push(`request: ${error.requestId}`);
  if (error.usage) lines.push(`usage: ${error.usage}`);
  if (error.next) lines.push(`${paint.dim('next:')} ${error.next}`);
  return lines;
}

/** The one object stderr holds under `-o json`. */
export function errorObject(error: CliError): Record<string, unknown> {
  return {
    error: {
      code: error.code,
      message: error.message,
      status: error.status ?? null,
      requestId: error.requestId ?? null,
      hint: error.next ?? error.reason ?? null,
      details: error.details ?? null,
    },
  };
}

function fieldErrors(details: unknown): { field: string; message: string }[] {
  const list = (details as { errors?: unknown } | undefined)?.errors;
  if (!Array.isArray(list)) return [];
  return list
    .filter((item): item is { field: string; message: string } => typeof item?.field === 'string')
    .slice(0, 20)
    .map((item) => ({ field: oneLine(item.field), message: oneLine(String(item.message ?? '')) }));
}

/** Text of a server is never trusted to drive the terminal: control characters become spaces. */
export function oneLine(text: string): string {
  return indentedLine(text).trimStart();
}

/** The same with the spaces it begins with, by which a tree is drawn. */
export function indentedLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trimEnd();
}
