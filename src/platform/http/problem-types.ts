/** One type of problem, the page its `type` URI leads to, and what to do about it. */
export interface ProblemType {
  slug: string;
  title: string;
  meaning: string;
}

/** Every status the service answers problems with. `type` and `title` go by status; `code` tells the exact case. */
export const PROBLEM_TYPES: Readonly<Record<number, ProblemType>> = {
  400: {
    slug: 'invalid-request',
    title: 'Invalid request',
    meaning: 'The request is malformed. `errors` names every wrong field by its path and says what it must be.',
  },
  401: {
    slug: 'not-authenticated',
    title: 'Not authenticated',
    meaning:
      'No credential was sent, or one that does not hold (any more). Send `X-API-Key` or `Authorization: Bearer`.',
  },
  403: {
    slug: 'not-allowed',
    title: 'Not allowed',
    meaning: 'The credential holds, but lacks a permission. The answer names the missing one.',
  },
  404: {
    slug: 'not-found',
    title: 'Not found',
    meaning: 'There is no such resource or route, or it is not visible to you.',
  },
  405: {
    slug: 'method-not-allowed',
    title: 'Method not allowed',
    meaning: 'The path exists, but not for this method. The `Allow` header lists the methods it takes.',
  },
  406: {
    slug: 'not-acceptable',
    title: 'Not acceptable',
    meaning: 'The answer does not exist in a form that `Accept` asks for.',
  },
  408: { slug: 'timed-out', title: 'Timed out', meaning: 'The request did not arrive in time. Send it again.' },
  409: {
    slug: 'conflict',
    title: 'Conflict',
    meaning: 'The present state refuses the request. The answer says the state and what it allows.',
  },
  410: {
    slug: 'gone',
    title: 'Gone',
    meaning: 'What was asked for existed and is not kept any more. The answer says from where on there is something.',
  },
  412: {
    slug: 'precondition-failed',
    title: 'Precondition failed',
    meaning: 'The resource has changed since `If-Match` was read. Read it again, then repeat the change on top of it.',
  },
  413: {
    slug: 'too-large',
    title: 'Too large',
    meaning: 'The body is over a limit, which the answer names. Split it.',
  },
  415: {
    slug: 'unsupported-media-type',
    title: 'Unsupported media type',
    meaning: 'The body comes in a format this route does not read. The answer says which it does.',
  },
  422: {
    slug: 'impossible',
    title: 'Impossible',
    meaning: 'The request is well-formed, but what it asks cannot be done.',
  },
  428: {
    slug: 'precondition-required',
    title: 'Precondition required',
    meaning: 'Send `If-Match` with the revision you read.',
  },
  429: {
    slug: 'too-many-requests',
    title: 'Too many requests',
    meaning: 'A rate limit is spent. `Retry-After` says when to go on.',
  },
  431: {
    slug: 'headers-too-large',
    title: 'Headers too large',
    meaning: 'The request line and headers are over 16 KiB.',
  },
  500: {
    slug: 'internal-error',
    title: 'Internal error',
    meaning: 'The service failed. The cause is in its log under the `request_id` of the answer.',
  },
  502: {
    slug: 'bad-gateway',
    title: 'Bad gateway',
    meaning: 'Where the request was passed on to, nobody answered. The request may have been carried out or not.',
  },
  503: {
    slug: 'unavailable',
    title: 'Unavailable',
    meaning: 'The service or its database cannot answer at the moment. Repeat the request after `Retry-After` seconds.',
  },
  504: {
    slug: 'gateway-timeout',
    title: 'Gateway timeout',
    meaning:
      'Where the request was passed on to, nobody answered in time. The request may have been carried out or not.',
  },
};

export const problemTypeOf = (status: number): ProblemType =>
  PROBLEM_TYPES[status] ?? PROBLEM_TYPES[status >= 500 ? 500 : 400];

/** Where a problem type is explained: a reference that resolves against the service itself. */
export const problemTypeUri = (status: number): string => `/problems/${problemTypeOf(status).slug}`;
