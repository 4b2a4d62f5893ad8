import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { REVEAL_LOG } from '../platform/crypto/reveal-log.js';
import { CREDENTIAL_VERIFIER } from '../platform/http/credential-verifier.js';
import { AuditChainRepository } from './audit/audit-chain.repository.js';
import { AuditCheckpoints } from './audit/audit-checkpoints.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditLog } from './audit/audit-log.js';
import { AuditRepository } from './audit/audit.repository.js';
import { AuditSealer } from './audit/audit-sealer.js';
import { AuditVerifier } from './audit/audit-verifier.js';
import { RefusedCredentials } from './audit/refused-credentials.js';
import { RevealTrail } from './audit/reveal-trail.js';
import { Authenticator } from './authenticator.js';
import { CredentialCache } from './credential-cache.js';
import { CredentialGate } from './credential-gate.js';
import { DataKeysController } from './data-keys/data-keys.controller.js';
import { GatewayController } from './gateway.controller.js';
import { GatewayGuard } from './gateway.guard.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { IdempotencyRepository } from './idempotency/idempotency.repository.js';
import { IdempotentRoutes } from './idempotency/idempotent-routes.js';
import { KeyNotices } from './key-notices.js';
import { ApiKeyList } from './keys/api-key.list.js';
import { ApiKeyRepository } from './keys/api-key.repository.js';
import { FirstKey } from './keys/first-key.js';
import { KeyHasher } from './keys/key-hasher.js';
import { KeyLines } from './keys/key-lines.js';
import { KeyLookup } from './keys/key-lookup.js';
import { KeyUsage } from './keys/key-usage.js';
import { KeysController } from './keys/keys.controller.js';
import { KeysService } from './keys/keys.service.js';
import { OldKeyUse } from './keys/old-key-use.js';
import { KeyRotation } from './keys/key-rotation.js';
import { RoleRepository } from './roles/role.repository.js';
import { RolesController } from './roles/roles.controller.js';
import { RolesService } from './roles/roles.service.js';
import { FailedCredentials } from './limits/failed-credentials.js';
import { GuardedStore } from './limits/guarded-store.js';
import { LimitCounterRepository } from './limits/limit-counter.repository.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { RouteInventory } from './route-inventory.js';
import { IssuerKeys } from './oidc/issuer-keys.js';
import { OutsideTokens } from './oidc/outside-tokens.js';
import { OutsideVerifier } from './oidc/outside-verifier.js';
import { LeakedKeyRepository } from './leaks/leaked-key.repository.js';
import { LeakedKeysController } from './leaks/leaked-keys.controller.js';
import { LeakedKeysService } from './leaks/leaked-keys.service.js';
import { ReportBodies } from './leaks/report-bodies.js';
import { ReportSignature } from './leaks/report-signature.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';
import { RevokedTokens } from './tokens/revoked-tokens.js';
import { SigningKeys } from './tokens/signing-keys.js';
import { TokenReason } from './tokens/token-reason.js';
import { TokenVerifier } from './tokens/token-verifier.js';
import { TokensController } from './tokens/tokens.controller.js';
import { TokensService } from './tokens/tokens.service.js';
import { UsageController } from './usage/usage.controller.js';
import { UsageQuestions } from './usage/usage-questions.js';
import { UsageRecorder } from './usage/usage-recorder.js';
import { UsageRepository } from './usage/usage.repository.js';
import { UsageRetention } from './usage/usage-retention.js';
import { UsageService } from './usage/usage.service.js';

/** Who may call what: keys, tokens, permissions, limits, safe retries. Closed by default. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [
    AuditController,
    DataKeysController,
    GatewayController,
    KeysController,
    LeakedKeysController,
    RolesController,
    TokensController,
    UsageController,
  ],
  providers: [
    ApiKeyList,
    ApiKeyRepository,
    AuditChainRepository,
    AuditCheckpoints,
    AuditLog,
    AuditRepository,
    AuditSealer,
    AuditVerifier,
    Authenticator,
    CredentialCache,
    CredentialGate,
    FailedCredentials,
    FirstKey,
    GuardedStore,
    IdempotencyInterceptor,
    IdempotencyRepository,
    IdempotentRoutes,
    IssuerKeys,
    KeyHasher,
    KeyLines,
    KeyLookup,
    KeyNotices,
    KeyRotation,
    KeysService,
    KeyUsage,
    LeakedKeyRepository,
    LeakedKeysService,
    OldKeyUse,
    OutsideTokens,
    OutsideVerifier,
    RefreshTokens,
    ReportBodies,
    ReportSignature,
    RefusedCredentials,
    RevealTrail,
    RevokedTokens,
    RoleRepository,
    RolesService,
    LimitCounterRepository,
    RateLimiter,
    RouteInventory,
    SigningKeys,
    TokenReason,
    TokensService,
    TokenVerifier,
    UsageQuestions,
    UsageRecorder,
    UsageRepository,
    UsageRetention,
    UsageService,
    { provide: REVEAL_LOG, useExisting: RevealTrail },
    { provide: CREDENTIAL_VERIFIER, useExisting: CredentialGate },
    { provide: APP_GUARD, useClass: GatewayGuard },
  ],
  exports: [Authenticator, CREDENTIAL_VERIFIER, FirstKey, REVEAL_LOG, RouteInventory],
})
export class GatewayModule {}
