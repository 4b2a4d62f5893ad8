import type { NextFunction, Request, Response } from 'express';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const EXPOSED = [
  'ETag', 'Link', 'Location', 'X-Total-Count', 'X-Next-Since', 'X-Search-Corrected', 'X-Request-Id', 'X-Registry-Version', 'Retry-After',
  'RateLimit', 'RateLimit-Policy', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset', 'Idempotent-Replayed',
].join(', '); // prettier-ignore
const PREFLIGHT_SECONDS = '600';
const HEADER_LIST = /^[A-Za-z0-9 ,!#$%&'*+.^_`|~-]{0,2048}$/;

/**
 * Lets pages of the named origins (`*`: of all) call the API. Credentials are headers here, never cookies, so no page
 * can use what the browser holds for another.
 */
export function cors(origins: readonly string[]): (request: Request, response: Response, next: NextFunction) => void {
  const everyone = origins.includes('*');
  const allowed = new Set(origins);
  return (request, response, next) => {
    const { origin } = request.headers;
    if (!everyone) response.setHeader('Vary', 'Origin');
    const welcome = origin !== undefined && (everyone || allowed.has(origin));
    if (welcome) {
      response.setHeader('Access-Control-Allow-Origin', everyone ? '*' : origin);
      response.setHeader('Access-Control-Expose-Headers', EXPOSED);
      response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    }
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined)
      answerPreflight(request, response, welcome);
    else next();
  };
}

function answerPreflight(request: Request, response: Response, welcome: boolean): void {
  if (welcome) {
    const asked = request.headers['access-control-request-headers'];
    response.setHeader('Access-Control-Allow-Methods', METHODS);
    if (asked !== undefined && HEADER_LIST.test(asked)) response.setHeader('Access-Control-Allow-Headers', asked);
    response.setHeader('Access-Control-Max-Age', PREFLIGHT_SECONDS);
  }
  response.statusCode = 204;
  response.end();
}
