/** One wrong field of a request. */
export interface ProblemField {
  field: string;
  message: string;
}

/** A problem document (RFC 9457) as the registry writes it, with what an error adds of its own. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  /** Stable and machine-readable. */
  code: string;
  request_id: string;
  errors?: ProblemField[];
  [member: string]: unknown;
}

/** The registry (or something before it) answered, and refused. */
export class ProblemError extends Error {
  /** The problem's `code`; `http.<status>` where something else than a registry answered. */
  readonly code: string;
  readonly title: string | undefined;
  readonly requestId: string | undefined;
  /** With 400: every wrong field. */
  readonly errors: readonly ProblemField[];
  /** The whole document, for members beyond the usual ones; undefined where none came. */
  readonly problem: Problem | undefined;

  constructor(
    readonly status: number,
    body: unknown,
    /** From the headers: in how many milliseconds to ask again. */
    readonly retryAfterMs?: number,
    requestId?: string,
    /** Where a redirect leads to. */
    location?: string,
  ) {
    const problem = asProblem(body);
    const to = location === undefined ? '' : `: redirected to ${location}, which the client does not follow`;
    super(problem?.detail ?? problem?.title ?? `the server answered ${status}${to}`);
    this.name = 'ProblemError';
    this.problem = problem;
    this.code = problem?.code ?? `http.${status}`;
    this.title = problem?.title;
    this.requestId = problem?.request_id ?? requestId;
    this.errors = problem?.errors ?? [];
  }
}

/** Whether an error says that the credential does not do: asking again does not help. */
export const isRefusedCredential = (error: unknown): boolean =>
  error instanceof ProblemError && (error.status === 401 || error.status === 403);

/** The body of an answer as a problem document, as far as it is one: members of another type are left out. */
export function asProblem(body: unknown): Problem | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const members = { ...body } as Record<string, unknown>;
  for (const name of ['type', 'title', 'detail', 'instance', 'code', 'request_id']) {
    if (typeof members[name] !== 'string' || members[name] === '') delete members[name];
  }
  if (members.errors !== undefined && !isFieldList(members.errors)) delete members.errors;
  return Object.keys(members).length > 0 ? (members as Problem) : undefined;
}

const isFieldList = (value: unknown): value is ProblemField[] =>
  Array.isArray(value) && value.every((item) => typeof (item as ProblemField | null)?.field === 'string');
