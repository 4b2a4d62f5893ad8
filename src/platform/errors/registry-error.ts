export interface FieldError {
  /** Path of the wrong field, e.g. `metadata.owner`, `3.name`. */
  field: string;
  message: string;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

interface ErrorOptionsOf {
  errors?: FieldError[];
  /** Further members of the problem document, e.g. `{ allowed: ['start'] }`. */
  extra?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** URI of a problem type that others have defined; the status decides otherwise. */
  type?: string;
  cause?: unknown;
}

/** What is wrong, in words a client can act on. Turned into `application/problem+json` by ProblemFilter (RFC 9457). */
export class RegistryError extends Error {
  readonly errors?: FieldError[];
  readonly extra?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly type?: string;

  constructor(
    readonly status: number,
    /** Stable and machine-readable, `<area>.<what>`, e.g. `entry.not_found`. */
    readonly code: string,
    detail: string,
    readonly title: string,
    readonly logLevel: LogLevel,
    options: ErrorOptionsOf = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = new.target.name;
    this.errors = options.errors;
    this.extra = options.extra;
    this.headers = options.headers;
    this.type = options.type;
  }
}

/** 400: the request is malformed; `errors` names every wrong field. */
export class InvalidError extends RegistryError {
  constructor(detail: string, errors?: FieldError[], code = 'request.invalid') {
    super(400, code, detail, 'Invalid request', 'debug', { errors });
  }

  /** One wrong field. */
  static field(field: string, message: string, code?: string): InvalidError {
    return new InvalidError(`${field} ${message}`, [{ field, message }], code);
  }
}

/** 401: no credential, or one that does not hold. One body whatever the reason. */
export class UnauthenticatedError extends RegistryError {
  constructor(detail = 'A valid API key or token is required.', code = 'auth.invalid_credential') {
    super(401, code, detail, 'Not authenticated', 'info', {
      headers: { 'WWW-Authenticate': 'Bearer realm="universal-registry"' },
    });
  }
}

/** 403: names the missing permission. */
export class ForbiddenError extends RegistryError {
  constructor(detail: string, extra?: Record<string, unknown>, code = 'auth.forbidden') {
    super(403, code, detail, 'Not allowed', 'info', { extra });
  }
}

export class NotFoundError extends RegistryError {
  constructor(what: string, id: string, code = `${what.replaceAll(' ', '_')}.not_found`) {
    super(404, code, `No ${what} ${JSON.stringify(id)}.`, 'Not found', 'debug');
  }
}

/** 409: the present state refuses it; `extra` says the state and what is allowed. */
export class ConflictError extends RegistryError {
  constructor(code: string, detail: string, extra?: Record<string, unknown>) {
    super(409, code, detail, 'Conflict', 'info', { extra });
  }
}

/** 412: `If-Match` is stale. */
export class StaleError extends RegistryError {
  constructor(current: number) {
    super(412, 'request.stale', `The resource is at revision ${current} by now.`, 'Precondition failed', 'info', {
      extra: { revision: current },
      headers: { ETag: `"${current}"` },
    });
  }
}

/** 413: says the limit. */
export class TooLargeError extends RegistryError {
  constructor(detail: string, limit: number) {
    super(413, 'request.too_large', detail, 'Too large', 'info', { extra: { limit } });
  }
}

/** 415: says what is taken. */
export class UnsupportedMediaError extends RegistryError {
  constructor(detail: string) {
    super(415, 'request.unsupported_media_type', detail, 'Unsupported media type', 'info');
  }
}

/** 422: understood, but impossible. */
export class ImpossibleError extends RegistryError {
  constructor(code: string, detail: string, errors?: FieldError[], extra?: Record<string, unknown>) {
    super(422, code, detail, 'Impossible', 'info', { errors, extra });
  }
}

/** 503: try again later. */
export class UnavailableError extends RegistryError {
  constructor(code: string, detail: string, cause?: unknown, retryAfterSeconds = 1) {
    super(503, code, detail, 'Unavailable', 'warn', { cause, headers: { 'Retry-After': String(retryAfterSeconds) } });
  }
}
