import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Env } from '../../platform/env/env.js';
import { ConflictError, InvalidError } from '../../platform/errors/registry-error.js';
import type { Principal } from '../../platform/http/request-context.js';
import { Logger } from '../../platform/logging/logger.js';
import { KeyNotices } from '../key-notices.js';
import { expanded } from '../roles/role-permissions.js';
import { USUAL_GRACE_SECONDS } from './api-key.dto.js';
import type { KeyRotate } from './api-key.dto.js';
import { ApiKeyRepository } from './api-key.repository.js';
import type { ApiKeyRow } from './api-key.repository.js';
import { writeKeyFile } from '../../platform/crypto/key-file.js';
import { keyChange, keySubject } from './key-record.js';
import { assertMayGrant, expiryErrorOf } from './key-settings.js';
import { KeysService, assertAdminStays, checkedKeyId } from './keys.service.js';

/** Puts a new key in the place of another one, which works on for a while: nobody has to change all clients at once. */
@Injectable()
export class KeyRotation {
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly env: Env,
    private readonly keys: ApiKeyRepository,
    private readonly service: KeysService,
    private readonly notices: KeyNotices,
    private readonly audit: AuditTrail,
    logger: Logger,
  ) {
    this.logger = logger.child('keys');
  }

  /** The new key may do what the old one may, so whoever rotates must hold all of it: they are shown the new one. */
  rotate(
    id: string,
    body: KeyRotate,
    maker: Principal,
    check: (row: ApiKeyRow) => void,
  ): Promise<{ row: ApiKeyRow; key: string; former: ApiKeyRow }> {
    return this.uow.run(async () => {
      const admins = await this.keys.lockUnrestricted();
      const before = await this.keys.get(checkedKeyId(id), true);
      check(before);
      assertRotatable(before);
      const running = await this.keys.livingPredecessor(before);
      if (running) throw rotationRunning(running);
      assertMayGrant(maker, expanded(before));
      const settings = { ...before, expires_at: endOf(body, before) };
      assertAdminStays(admins, before, settings);
      const { row, key } = await this.service.store(before.type, settings, before.origin, { former: before });
      const former = await this.keys.markReplaced(before.id, body.grace_period_seconds ?? USUAL_GRACE_SECONDS);
      await this.notices.send(before.id);
      const change = { ...keyChange(before, former), details: { new_key_id: row.id } };
      await this.audit.record({ action: 'key.rotate', subject: keySubject(before), ...change });
      if (before.origin === 'first' && this.uow.embedded) this.uow.afterCommit(() => this.keepFile(key));
      return { row, key, former };
    });
  }

  /** Ends the old key now, whichever of the two is named; gives back the named one. */
  complete(id: string): Promise<ApiKeyRow> {
    return this.uow.run(async () => {
      const named = await this.keys.get(checkedKeyId(id), true);
      const old = named.replaced_at ? await this.keys.findLive(named.id) : await this.keys.livingPredecessor(named);
      if (!old) throw new ConflictError('key.no_rotation', 'No rotation of this key is running.');
      const ended = await this.keys.endNow(old.id);
      await this.notices.send(old.id);
      await this.audit.record({ action: 'key.rotate_complete', subject: keySubject(old), ...keyChange(old, ended) });
      return this.keys.get(named.id);
    });
  }

  /** With the embedded database the command line finds the first key in a file. */
  private keepFile(key: string): void {
    const file = join(this.env.dataDir, 'admin.key');
    writeKeyFile(file, key).catch((error: unknown) =>
      this.logger.warn({ err: error }, `the new admin key could not be written to ${file}`),
    );
  }
}

function assertRotatable(row: ApiKeyRow): void {
  if (row.revoked_at) throw new ConflictError('key.revoked', 'A revoked key cannot be rotated.', { status: 'revoked' });
  if (row.replaced_at)
    throw new ConflictError('key.rotated', 'Another key took the place of this one: rotate that one.');
  if (row.expires_at && row.expires_at.getTime() <= Date.now())
    throw new ConflictError('key.expired', 'An expired key cannot be rotated.', { status: 'expired' });
  if (row.origin === 'env')
    throw new ConflictError(
      'key.of_environment',
      'This key is REGISTRY_ADMIN_KEY: it is rotated by another value there and a restart.',
    );
}

const rotationRunning = ({ id, expires_at: ends }: ApiKeyRow): ConflictError =>
  new ConflictError('key.rotation_running', 'The last rotation is not over: complete it first.', {
    former: id,
    former_expires_at: ends,
  });

function endOf(body: KeyRotate, before: ApiKeyRow): Date | null {
  if (body.expires_at === undefined) return before.expires_at;
  if (body.expires_at === null) return null;
  const expiresAt = new Date(body.expires_at);
  const wrong = expiryErrorOf(expiresAt, before.expires_at);
  if (wrong) throw InvalidError.field('expires_at', wrong);
  return expiresAt;
}
