import { Injectable } from '@nestjs/common';
import { sha256Text } from '../platform/crypto/digest.js';
import { UnauthenticatedError } from '../platform/errors/registry-error.js';
import type { CredentialVerifier } from '../platform/http/credential-verifier.js';
import type { Principal } from '../platform/http/request-context.js';
import type { Caller, Grant } from './caller.js';
import { CredentialCache } from './credential-cache.js';
import { KeyLookup } from './keys/key-lookup.js';
import { KeyUsage } from './keys/key-usage.js';
import { OldKeyUse } from './keys/old-key-use.js';
import { hasPermission } from './permissions.js';
import { TokenVerifier } from './tokens/token-verifier.js';

/** `<header>.<payload>.<signature>`, each base64url: nothing else is worth a verification. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Who a key or token stands for. Whatever is wrong with it (unknown, mistyped, revoked, expired, wrong network, forged)
 * the answer is the same UnauthenticatedError.
 */
@Injectable()
export class Authenticator implements CredentialVerifier {
  private readonly running = new Map<string, Promise<Grant | undefined>>();

  constructor(
    private readonly cache: CredentialCache,
    private readonly keys: KeyLookup,
    private readonly tokens: TokenVerifier,
    private readonly usage: KeyUsage,
    private readonly oldKeys: OldKeyUse,
  ) {}

  /** The holder, when this process has checked the credential in the last seconds; without waiting for anything. */
  known(credential: string, address: string | undefined): Caller | undefined {
    const grant = this.cache.find(sha256Text(credential));
    if (grant === undefined) return undefined;
    return this.admit(grant, address);
  }

  async authenticate(credential: string, address?: string): Promise<Caller> {
    const digest = sha256Text(credential);
    const found = this.cache.find(digest);
    if (found !== undefined) return this.admit(found, address);
    let running = this.running.get(digest);
    if (!running) {
      running = this.lookUp(digest, credential).finally(() => this.running.delete(digest));
      this.running.set(digest, running);
    }
    return this.admit((await running) ?? null, address);
  }

  verify(credential: string, address?: string): Promise<Caller> {
    return this.authenticate(credential, address);
  }

  allows(principal: Principal, permission: string): boolean {
    return hasPermission(principal, permission);
  }

  private admit(grant: Grant | null, address: string | undefined): Caller {
    if (!grant || grant.expiresAt <= Date.now() || (grant.allowed && !grant.allowed.includes(address))) {
      throw new UnauthenticatedError();
    }
    this.usage.record(grant.keyId, address);
    if (grant.caller.replaced) this.oldKeys.note(grant.keyId);
    return grant.caller;
  }

  private async lookUp(digest: string, credential: string): Promise<Grant | undefined> {
    const { generation } = this.cache;
    const grant = TOKEN.test(credential) ? await this.tokens.grant(credential) : await this.keys.grant(credential);
    if (!grant) this.cache.refuse(digest);
    // A key revoked while it was being read may have been read as it was before.
    else if (generation === this.cache.generation) this.cache.keep(digest, grant);
    return grant;
  }
}
