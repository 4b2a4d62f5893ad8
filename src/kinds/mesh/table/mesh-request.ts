import type { IncomingHttpHeaders } from 'node:http';

/** What of a request decides where it goes: of one that is sent through the mesh, or of a sample. */
export interface MeshRequest {
  method: string;
  /** In lower case, without a port. */
  host: string;
  /** Without the query. */
  path: string;
  /** Names in lower case. */
  headers: IncomingHttpHeaders;
  clientIp: string;
  /** Draws are made by it: the same request id goes the same way. */
  requestId: string;
  /** Of its cookies, read once. */
  cookies?: ReadonlyMap<string, string>;
}

/** A host as it is compared: `Orders.example.com:8080` as `orders.example.com`. */
export function hostName(host: string): string {
  const lower = host.toLowerCase();
  if (lower.startsWith('[')) return lower.slice(1, lower.indexOf(']') < 0 ? undefined : lower.indexOf(']'));
  const colon = lower.indexOf(':');
  const name = colon >= 0 && lower.indexOf(':', colon + 1) < 0 ? lower.slice(0, colon) : lower;
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

/** The value of a header; one that came more than once as Node joins it. */
export function headerOf({ headers }: MeshRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

export function cookieOf(request: MeshRequest, name: string): string | undefined {
  request.cookies ??= cookiesOf(request.headers.cookie);
  return request.cookies.get(name);
}

/** RFC 6265, 4.2: of a name that comes twice the first. */
function cookiesOf(text = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const pair of text.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0) continue;
    const name = pair.slice(0, equals).trim();
    if (!found.has(name)) found.set(name, pair.slice(equals + 1).trim().replace(/^"(.*)"$/, '$1')); // prettier-ignore
  }
  return found;
}
