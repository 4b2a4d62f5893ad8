import { RegistryError, UnavailableError } from '../../../platform/errors/registry-error.js';
import type { Verdict } from '../explain/verdicts.js';
import type { CompiledRoute } from '../table/compiled-route.js';

/** Why a try came to nothing. */
export type Failure = 'connect_failure' | 'reset' | 'timeout' | 'refused';

const SAID: Readonly<Record<Failure, string>> = {
  connect_failure: 'could not be connected to',
  reset: 'hung up before it had answered',
  timeout: 'did not answer in time',
  refused: 'has an address that the mesh may not reach (MESH_ALLOWED_HOSTS)',
};

/** What the proxy answers when no try succeeded. Names the destination, never the address behind it. */
export function failed(route: CompiledRoute, destination: string, failure: Failure): RegistryError {
  const [status, title] = failure === 'timeout' ? [504, 'Gateway timeout'] : [502, 'Bad gateway'];
  const detail = `The destination ${destination} of ${route.row.key} ${SAID[failure]}.`;
  return new RegistryError(status, `mesh_proxy.${failure}`, detail, title, 'debug');
}

/** What it answers by itself, before anything is sent. */
export function refusedBy({ row }: CompiledRoute, verdict: Exclude<Verdict, { outcome: 'sent' }>): RegistryError {
  switch (verdict.outcome) {
    case 'rate_limited': {
      const seconds = Math.max(1, Math.ceil(verdict.retryAfterSeconds));
      const headers = { 'Retry-After': String(seconds) };
      const detail = `The rate limit of ${row.key} is spent.`;
      return new RegistryError(429, 'mesh_proxy.rate_limited', detail, 'Too many requests', 'debug', { headers });
    }
    case 'circuit_open': {
      const detail = `The circuit breaker of ${row.key} is open: its destinations have failed too often.`;
      return quiet('mesh_proxy.circuit_open', detail, verdict.retryAfterSeconds);
    }
    default:
      return quiet('mesh_proxy.no_destination', `Nobody is there to take requests of ${row.key}.`, 1);
  }
}

/** As UnavailableError, but no fault of the service's own that its log would have to tell. */
function quiet(code: string, detail: string, seconds: number): RegistryError {
  const { title, status } = new UnavailableError(code, detail);
  const headers = { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };
  return new RegistryError(status, code, detail, title, 'debug', { headers });
}
