import { Injectable } from '@nestjs/common';
import { sha256Text } from '../platform/crypto/digest.js';
import { UnauthenticatedError } from '../platform/errors/registry-error.js';
import { RefusedCredentials } from './audit/refused-credentials.js';
import type { Caller, Grant } from './caller.js';
import { CredentialCache } from './credential-cache.js';
import { KeyLookup } from './keys/key-lookup.js';
import { KeyUsage } from './keys/key-usage.js';
import { OldKeyUse } from './keys/old-key-use.js';
import { FailedCredentials } from './limits/failed-credentials.js';
import { OutsideTokens } from './oidc/outside-tokens.js';
import { TokenVerifier } from './tokens/token-verifier.js';

/** `<header>.<payload>.<signature>`, each base64url: nothing else is worth a verification. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Who a key or token stands for. Whatever is wrong with it (unknown, mistyped, revoked, expired, wrong network, forged)
 * the answer is the same: an UnauthenticatedError or, when too many of the address did not hold, a TooManyFailuresError.
 */
@Injectable()
export class Authenticator {
  private readonly running = new Map<string, Promise<Grant | undefined>>();

  constructor(
    private readonly cache: CredentialCache,
    private readonly keys: KeyLookup,
    private readonly tokens: TokenVerifier,
    private readonly outside: OutsideTokens,
    private readonly usage: KeyUsage,
    private readonly oldKeys: OldKeyUse,
    private readonly failures: FailedCredentials,
    private readonly refused: RefusedCredentials,
  ) {}

  /** The holder, when this process has checked the credential in the last seconds; without waiting for anything. */
  known(credential: string, address: string | undefined): Caller | undefined {
    const grant = this.cache.find(sha256Text(credential));
    return grant === undefined ? undefined : this.admitted(credential, grant, address);
  }

  async authenticate(credential: string, address?: string): Promise<Caller> {
    return this.admitted(credential, await this.grantOf(credential), address);
  }

  /** For a credential that somebody came in with earlier: when it does not hold any more, nobody is blamed. */
  async verify(credential: string, address?: string): Promise<Caller> {
    const grant = await this.grantOf(credential);
    if (!holds(grant, address)) throw new UnauthenticatedError();
    return grant.caller;
  }

  private admitted(credential: string, grant: Grant | null, address: string | undefined): Caller {
    if (!holds(grant, address)) {
      const refusal = this.failures.refusal(address);
      this.refused.note(credential, address, grant, refusal.status === 429);
      throw refusal;
    }
    if (grant.keyId !== undefined) {
      this.usage.record(grant.keyId, address);
      if (grant.caller.replaced) this.oldKeys.note(grant.keyId);
    }
    return grant.caller;
  }

  private async grantOf(credential: string): Promise<Grant | null> {
    const digest = sha256Text(credential);
    const found = this.cache.find(digest);
    if (found !== undefined) return found;
    let running = this.running.get(digest);
    if (!running) {
      running = this.lookUp(digest, credential).finally(() => this.running.delete(digest));
      this.running.set(digest, running);
    }
    return (await running) ?? null;
  }

  private async lookUp(digest: string, credential: string): Promise<Grant | undefined> {
    const { generation } = this.cache;
    const grant = await this.held(credential);
    if (!grant) this.cache.refuse(digest);
    // A key revoked while it was being read may have been read as it was before.
    else if (generation === this.cache.generation) this.cache.keep(digest, grant);
    return grant;
  }

  private held(credential: string): Promise<Grant | undefined> {
    if (!TOKEN.test(credential)) return this.keys.grant(credential);
    return this.outside.claimed(credential) ? this.outside.grant(credential) : this.tokens.grant(credential);
  }
}

const holds = (grant: Grant | null, address: string | undefined): grant is Grant =>
  grant !== null && grant.expiresAt > Date.now() && (!grant.allowed || grant.allowed.includes(address));
