import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ForbiddenError } from '../platform/errors/registry-error.js';
import { PUBLIC } from '../platform/http/permission.decorator.js';
import { currentRequest } from '../platform/http/request-context.js';
import { Authenticator } from './authenticator.js';
import type { Caller } from './caller.js';
import { credentialOf } from './credential.js';
import { hasPermission } from './permissions.js';
import { AUTHENTICATED, requirementOf } from './route-requirement.js';

/**
 * Stands before every route: who asks, and may they. For a credential seen in the last seconds it answers without
 * waiting: one SHA-256 and two look-ups in memory.
 */
@Injectable()
export class GatewayGuard implements CanActivate {
  constructor(private readonly authenticator: Authenticator) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    // A WebSocket is checked when it opens and at intervals, by those who hold it.
    if (context.getType() !== 'http') return true;
    const required = requirementOf(context.getClass(), context.getHandler());
    if (required === PUBLIC) return true;
    if (required === undefined) throw new ForbiddenError('This route is closed: it states no permission.');
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const credential = credentialOf(request.headers);
    const known = this.authenticator.known(credential, request.ip);
    const response = http.getResponse<Response>();
    if (known) return this.admit(known, required, response);
    return this.authenticator
      .authenticate(credential, request.ip)
      .then((caller) => this.admit(caller, required, response));
  }

  private admit(caller: Caller, required: string, response: Response): true {
    const request = currentRequest();
    if (request) request.principal = caller;
    if (caller.replaced) announceEnd(caller.replaced, response);
    if (required !== AUTHENTICATED && !hasPermission(caller, required)) {
      throw new ForbiddenError(`This needs the permission "${required}".`, { missing: required });
    }
    return true;
  }
}

/** Tells the holder of a key that another one has taken the place of: RFC 9745 and RFC 8594. */
function announceEnd({ at, ends }: NonNullable<Caller['replaced']>, response: Response): void {
  response.setHeader('Deprecation', `@${Math.floor(at.getTime() / 1000)}`);
  response.setHeader('Sunset', ends.toUTCString());
}
