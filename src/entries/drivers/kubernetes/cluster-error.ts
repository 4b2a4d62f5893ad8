/** What the cluster's API refused or could not do, by its own reason. */
export class ClusterError extends Error {
  constructor(
    message: string,
    /** May work the next time. */
    readonly passing: boolean,
    /** Of the answer, where there was one. */
    readonly status?: number,
  ) {
    super(message);
    this.name = 'ClusterError';
  }
}

/** Two changes at once, too many calls; 5xx besides. */
const PASSING = new Set([409, 429]);
const MOST_TEXT = 500;

/** The library throws its answers with the status and body as they came, and fetch's errors as they are. */
export function clusterErrorOf(error: unknown): ClusterError {
  const { code, body } = (error ?? {}) as { code?: unknown; body?: unknown };
  if (typeof code !== 'number') return new ClusterError(`The cluster cannot be reached: ${causeOf(error)}`, true);
  const { reason, message } = statusIn(body);
  const told = reason && message ? `${reason}: ${message}` : (reason ?? message ?? `The cluster answered ${code}.`);
  return new ClusterError(told.slice(0, MOST_TEXT), PASSING.has(code) || code >= 500, code);
}

/** The `Status` object that every refusal of the API is. */
function statusIn(body: unknown): { reason?: string; message?: string } {
  let status = body;
  if (typeof body === 'string') {
    try {
      status = JSON.parse(body);
    } catch {
      // A proxy's page.
      return {};
    }
  }
  const { reason, message } = (status ?? {}) as Record<string, unknown>;
  return {
    ...(typeof reason === 'string' && reason && { reason }),
    ...(typeof message === 'string' && message && { message }),
  };
}

/** Of the network its code, which names no address; of the settings what is wrong with them. */
function causeOf(error: unknown): string {
  const { name, code, message } = (error ?? {}) as { name?: string; code?: string; message?: string };
  if (name === 'AbortError') return 'it took too long.';
  return (code ?? (name === 'FetchError' ? 'no connection' : message) ?? 'for no known reason').slice(0, MOST_TEXT);
}
