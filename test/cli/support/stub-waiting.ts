import type { StubRegistry } from './stub-registry.js';
import { KIND_ENTRY } from './stub-kinds.js';

/** Fields of the entry; that it is not there; or no answer. */
type Fields = Record<string, unknown> | 404 | 'lost';

/** What the entry is, look after look; it stays what it was last. Everything else is answered by the stub. */
export function becomes(stub: StubRegistry, ...looks: Fields[]): void {
  stub.override = ({ method, path }, response) => {
    if (method !== 'GET' || path.includes('/operations')) return false;
    const now = looks.length > 1 ? looks.shift() : looks[0];
    if (now === 'lost') response.destroy();
    else if (now === 404)
      response
        .writeHead(404, { 'content-type': 'application/problem+json' })
        .end('{"code":"entity.not_found","detail":"No service."}');
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...KIND_ENTRY, ...now }));
    return true;
  };
}
