import { HttpException } from '@nestjs/common';
import { sqlStateOf } from '../database/database-errors.js';
import { problemTypeOf } from '../http/problem-types.js';
import { ConflictError, InvalidError, RegistryError, UnavailableError } from './registry-error.js';

/** Socket errors and pool messages that mean: the database cannot be reached now. */
const LOST_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ENOENT']);
const LOST_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after)|connection is closed|server closed the connection/i;
/** Out of range, no number, no valid text, a text that no index takes: the client's data, wherever it slipped through. */
const BAD_DATA = new Set(['22021', '22P05', '22P02', '22003', '22001', '22007', '22008', '54000', '2201B']);
const BUSY = new Set(['40001', '40P01', '55P03', '57014']);
const NAMES: Record<number, string> = {
  400: 'request.invalid',
  404: 'route.not_found',
  413: 'request.too_large',
  415: 'request.unsupported_media_type',
};

/** The error as one the client is told about; anything unforeseen becomes a 500 that keeps its text to itself. */
export function knownError(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error;
  if (error instanceof HttpException) return fromStatus(error.getStatus(), error.message, error);
  if (error instanceof URIError) return InvalidError.field('path', 'has a malformed %-sequence');
  return fromDatabase(error) ?? fromMiddleware(error) ?? internalError(error);
}

export const internalError = (cause: unknown): RegistryError =>
  new RegistryError(
    500,
    'internal',
    'The service failed. The request id leads to the cause in its log.',
    problemTypeOf(500).title,
    'error',
    { cause },
  );

function fromDatabase(error: unknown): RegistryError | undefined {
  if (!(error instanceof Error)) return undefined;
  const state = sqlStateOf(error) ?? '';
  if (/^(08|57P|53)/.test(state) || LOST_CODES.has(state) || LOST_MESSAGES.test(error.message))
    return new UnavailableError('database.unavailable', 'The database cannot be reached at the moment.', error);
  if (state === '57014' || error.message === 'Query read timeout')
    return new UnavailableError('database.timeout', 'The database took too long; ask for less.', error);
  if (BUSY.has(state))
    return new UnavailableError('database.busy', 'Too many changes of the same data at once.', error);
  if (BAD_DATA.has(state))
    return new InvalidError('A value is malformed or out of range.', undefined, 'request.bad_value');
  if (state === '23505') return new ConflictError('conflict.duplicate', 'Something with these values exists already.');
  if (state === '23503')
    return new ConflictError(
      'conflict.reference',
      'Something this refers to does not exist (any more), or is still in use.',
    );
  return undefined;
}

/** Errors of Express middleware carry a status; those below 500 say what the client did. */
function fromMiddleware(error: unknown): RegistryError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, expose, message } = error as { status?: unknown; expose?: unknown; message: string };
  return typeof status === 'number' && status >= 400 && status < 500 && expose === true
    ? fromStatus(status, message, error)
    : undefined;
}

function fromStatus(status: number, message: string, cause: unknown): RegistryError {
  if (status >= 500 && status !== 503) return internalError(cause);
  const { title, slug } = problemTypeOf(status);
  const code = NAMES[status] ?? `request.${slug.replaceAll('-', '_')}`;
  return new RegistryError(status, code, message, title, status === 503 ? 'warn' : 'debug', { cause });
}
