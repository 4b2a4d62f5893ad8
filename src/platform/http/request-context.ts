import { AsyncLocalStorage } from 'node:async_hooks';

/** Who asks: filled by the gateway's guard; `system` outside a request. */
export interface Principal {
  /** Id of the key; `oidc:<subject>` for who comes with a token of the outside issuer. */
  id: string;
  type: 'api_key' | 'service_key' | 'admin_key' | 'user' | 'system';
  name: string;
  /** Expanded: `read:*`, `write:entities`, `admin:keys`, `*` … */
  permissions: readonly string[];
  /** Names of the roles held, built-in and of the operator's own. */
  roles?: readonly string[];
  /** Whether the key itself was sent or a token made from it. */
  credential?: 'key' | 'token';
  expiresAt?: Date;
}

/** What a request says of where it comes from and goes; read when asked for only, as finding the address costs. */
export interface RequestSource {
  readonly ip?: string;
  readonly method: string;
  /** The route that was found: `path` is its pattern. */
  readonly route?: { path?: string };
}

export interface RequestContext {
  requestId: string;
  /** W3C trace id, continued from `traceparent` or made. */
  traceId?: string;
  principal?: Principal;
  source?: RequestSource;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `fn` (and all it awaits) with this request's context. */
export const runInRequest = <T, Args extends unknown[]>(
  context: RequestContext,
  fn: (...args: Args) => T,
  ...args: Args
): T => storage.run(context, fn, ...args);

/** The running request's context; undefined in jobs and at start. */
export const currentRequest = (): RequestContext | undefined => storage.getStore();

/** What events and audit name as the author: `api_key:<id>`, `user:oidc:<subject>`, or `system`. */
export function currentActor(): string {
  const principal = storage.getStore()?.principal;
  return principal ? `${principal.type}:${principal.id}` : 'system';
}
