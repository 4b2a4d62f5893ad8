import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

type Header = readonly [string, string];

/** What helmet would set on every answer, computed once: on the hot path its fourteen functions are measurable. */
function headersOf(options: Parameters<typeof helmet>[0]): readonly Header[] {
  const headers: Header[] = [];
  const response = {
    setHeader: (name: string, value: string) => headers.push([name, String(value)]),
    removeHeader: () => undefined,
  };
  helmet(options)({ headers: {} } as IncomingMessage, response as unknown as ServerResponse, () => undefined);
  return headers;
}

/** For answers that are data: nothing may be loaded, framed or guessed from them. */
export const API_HEADERS: readonly Header[] = headersOf({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  xFrameOptions: { action: 'deny' },
  // Read by scripts of other origins only when CORS lets them.
  crossOriginResourcePolicy: { policy: 'same-origin' },
  strictTransportSecurity: { maxAge: 31_536_000 },
});

/** For the pages of Swagger UI and Redoc: their own scripts, inlined styles, Redoc's search worker; nothing from elsewhere. */
export const PAGE_HEADERS: readonly Header[] = headersOf({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      baseUri: ["'self'"],
      connectSrc: ["'self'"],
      fontSrc: ["'self'", 'data:'],
      formAction: ["'self'"],
      frameAncestors: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      workerSrc: ["'self'", 'blob:'],
    },
  },
});

export function setHeaders(response: ServerResponse, headers: readonly Header[]): void {
  for (const [name, value] of headers) response.setHeader(name, value);
}
