interface PgError {
  code?: string;
  constraint?: string;
  message?: string;
}

/** The driver's error below TypeORM's wrapper. */
export function pgErrorOf(error: unknown): PgError {
  const wrapped = error as { driverError?: PgError };
  return wrapped?.driverError ?? (error as PgError) ?? {};
}

/** SQLSTATE of a failed statement, or the socket's error code. */
export const sqlStateOf = (error: unknown): string | undefined => pgErrorOf(error).code;

export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  sqlStateOf(error) === '23505' && (!constraint || pgErrorOf(error).constraint === constraint);

export const isForeignKeyViolation = (error: unknown): boolean => sqlStateOf(error) === '23503';

/** Deadlock or serialisation failure: nothing was written and the same work may succeed now. */
export const isRetryable = (error: unknown): boolean => ['40001', '40P01'].includes(sqlStateOf(error) ?? '');

/** The client gave up waiting for the answer: what the server does is not known. */
export const isAbandoned = (error: unknown): boolean => pgErrorOf(error).message === 'Query read timeout';
