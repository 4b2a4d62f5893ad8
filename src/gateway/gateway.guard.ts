import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ForbiddenError, UnauthenticatedError } from '../platform/errors/registry-error.js';
import { CREDENTIAL_PLACES } from '../platform/http/credential-places.decorator.js';
import type { CredentialPlaces } from '../platform/http/credential-places.decorator.js';
import { PUBLIC } from '../platform/http/permission.decorator.js';
import { currentRequest } from '../platform/http/request-context.js';
import { RefusedCredentials } from './audit/refused-credentials.js';
import { Authenticator } from './authenticator.js';
import type { Caller } from './caller.js';
import { credentialOf } from './credential.js';
import { claimsSignature } from './leaks/signed-report.decorator.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { costOf } from './limits/route-cost.js';
import { hasPermission } from './permissions.js';
import { AUTHENTICATED, requirementOf } from './route-requirement.js';

/** What a request has to pass. */
interface Terms {
  required: string;
  cost: number;
  response: Response;
}

/**
 * Stands before every route: who asks, is there quota left, and may they. For a credential seen in the last seconds, with
 * quota at hand, it answers without waiting: one SHA-256 and a few look-ups in memory.
 */
@Injectable()
export class GatewayGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
    private readonly refused: RefusedCredentials,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    // A WebSocket is checked when it opens and at intervals, by those who hold it.
    if (context.getType() !== 'http') return true;
    const [controller, handler] = [context.getClass(), context.getHandler()];
    const required = requirementOf(controller, handler);
    if (required === PUBLIC) return true;
    if (required === undefined) throw new ForbiddenError('This route is closed: it states no permission.');
    const [request, response] = context.getArgs<[Request, Response]>();
    const terms = { required, cost: costOf(controller, handler), response };
    if (claimsSignature(handler, request.headers)) return true;
    const credential = this.credentialOf(request, placesOf(controller));
    const known = this.authenticator.known(credential, request.ip);
    if (known) return this.admit(known, terms);
    return this.authenticator.authenticate(credential, request.ip).then((caller) => this.admit(caller, terms));
  }

  private credentialOf(request: Request, places: CredentialPlaces | undefined): string {
    const { headers } = request;
    try {
      return credentialOf(headers, places && [headers[places.header], inQuery(request, places.query)]);
    } catch (error) {
      if (error instanceof UnauthenticatedError) this.refused.missing();
      throw error;
    }
  }

  /** Counted first: a request that is not allowed costs as well. */
  private admit(caller: Caller, { required, cost, response }: Terms): true | Promise<true> {
    const request = currentRequest();
    if (request) request.principal = caller;
    if (caller.replaced) announceEnd(caller.replaced, response);
    const counted = this.limiter.admit(caller, cost, response);
    return counted ? counted.then(() => permit(caller, required)) : permit(caller, required);
  }
}

/** Read once per controller: `reflect-metadata` walks prototypes, and this is asked on every request. */
const places = new Map<object, CredentialPlaces | undefined>();

function placesOf(controller: object): CredentialPlaces | undefined {
  if (!places.has(controller))
    places.set(controller, Reflect.getMetadata(CREDENTIAL_PLACES, controller) as CredentialPlaces | undefined);
  return places.get(controller);
}

/** Of a query that cannot be read nothing is known; who may ask is told so afterwards. */
function inQuery(request: Request, name: string): unknown {
  try {
    return request.query[name];
  } catch {
    return undefined;
  }
}

function permit(caller: Caller, required: string): true {
  if (required === AUTHENTICATED || hasPermission(caller, required)) return true;
  throw new ForbiddenError(`This needs the permission "${required}".`, { missing: required });
}

/** Tells the holder of a key that another one has taken the place of: RFC 9745 and RFC 8594. */
function announceEnd({ at, ends }: NonNullable<Caller['replaced']>, response: Response): void {
  response.setHeader('Deprecation', `@${Math.floor(at.getTime() / 1000)}`);
  response.setHeader('Sunset', ends.toUTCString());
}
