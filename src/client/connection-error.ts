/** No answer came: why, and whether the server may have seen the request. */
export class ConnectionError extends Error {
  constructor(
    /** Of the system (`ECONNREFUSED`), or `ETIMEDOUT` when the time of the call was up. */
    readonly code: string,
    message: string,
    /** False only when the server cannot have seen the request. */
    readonly sent: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'ConnectionError';
  }

  get timedOut(): boolean {
    return this.code === 'ETIMEDOUT';
  }
}

const MEANINGS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'no connection was made in time',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; name its CA in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed; name its CA in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified; name its CA in NODE_EXTRA_CA_CERTS',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  EPROTO: 'it does not speak TLS there (http instead of https?)',
};

/** Codes that come before anything was sent. */
const BEFORE_SENDING = new Set(
  Object.keys(MEANINGS).filter((code) => !['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(code)),
);

interface SystemError {
  code?: string;
  message?: string;
  cause?: unknown;
  errors?: unknown[];
}

/** What a transport threw, told apart. `sent` is taken from the error's code where the transport does not know it. */
export function connectionErrorOf(error: unknown, sent?: boolean): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const { code, message } = rootOf(error as SystemError);
  const known = code ?? 'EUNKNOWN';
  const text = MEANINGS[known] ?? (message || known);
  return new ConnectionError(known, text, sent ?? !BEFORE_SENDING.has(known), { cause: error });
}

/** `fetch` wraps what happened; and several addresses (IPv4 and IPv6) fail together, without a message of their own. */
function rootOf(error: SystemError): SystemError {
  if (error.code === undefined && typeof error.cause === 'object' && error.cause !== null) return rootOf(error.cause);
  const [first] = (error.errors ?? []) as SystemError[];
  return first ? { code: error.code ?? first.code, message: error.message || first.message } : error;
}
