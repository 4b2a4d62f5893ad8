import type { StubRegistry } from './stub-registry.js';
import { KIND_ENTRY } from './stub-kinds.js';

/** Fields of the entry; that it is not there, or the server not ready; or no answer. */
type Fields = Record<string, unknown> | 404 | 503 | 'lost';

/** What the entry is, look after look; it stays what it was last. Everything else is answered by the stub. */
export function becomes(stub: StubRegistry, ...looks: Fields[]): void {
  stub.override = ({ method, path }, response) => {
    if (method !== 'GET' || path.includes('/operations')) return false;
    const now = looks.length > 1 ? looks.shift() : looks[0];
    if (now === 'lost') response.destroy();
    else if (typeof now === 'number')
      response
        .writeHead(now, { 'content-type': 'application/problem+json' })
        .end(`{"code":"${now === 404 ? 'entity.not_found' : 'service.stopping'}","detail":"No service."}`);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...KIND_ENTRY, ...now }));
    return true;
  };
}
