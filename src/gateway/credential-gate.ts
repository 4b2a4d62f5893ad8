import { Injectable } from '@nestjs/common';
import { originOf, plainAddress } from '../platform/audit/audit-record.js';
import { AuditTrail } from '../platform/audit/audit-trail.js';
import { RegistryError } from '../platform/errors/registry-error.js';
import type { CredentialVerifier } from '../platform/http/credential-verifier.js';
import type { Principal } from '../platform/http/request-context.js';
import { Authenticator } from './authenticator.js';
import { grantOfKey, isSubject } from './caller.js';
import { KeyNotices } from './key-notices.js';
import { ApiKeyRepository } from './keys/api-key.repository.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { hasPermission } from './permissions.js';

/** The gateway for connections that Nest's guards do not see. */
@Injectable()
export class CredentialGate implements CredentialVerifier {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
    private readonly notices: KeyNotices,
    private readonly keys: ApiKeyRepository,
    private readonly audit: AuditTrail,
  ) {}

  async admit(credential: string, address?: string): Promise<Principal> {
    const caller = await this.authenticator.authenticate(credential, address);
    try {
      await this.limiter.admit(caller, 1);
    } catch (error) {
      if (error instanceof RegistryError)
        this.audit.refused(error, { ...originOf(caller), address: plainAddress(address) });
      throw error;
    }
    return caller;
  }

  verify(credential: string, address?: string): Promise<Principal> {
    return this.authenticator.verify(credential, address);
  }

  async holds(principalId: string, permission: string): Promise<boolean> {
    if (isSubject(principalId)) return true;
    const row = await this.keys.findLive(principalId);
    return row !== undefined && hasPermission(grantOfKey(row).caller, permission);
  }

  onChange(listener: () => void): () => void {
    return this.notices.onChange(listener);
  }

  allows(principal: Principal, permission: string): boolean {
    return hasPermission(principal, permission);
  }
}
