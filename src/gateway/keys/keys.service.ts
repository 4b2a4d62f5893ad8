import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ConflictError, NotFoundError } from '../../platform/errors/registry-error.js';
import { currentActor } from '../../platform/http/request-context.js';
import type { Principal } from '../../platform/http/request-context.js';
import { KeyNotices } from '../key-notices.js';
import { expanded, isUnrestricted } from '../roles/role-permissions.js';
import { RolesService } from '../roles/roles.service.js';
import type { ApiKeyCreate } from './api-key.dto.js';
import { ApiKeyRepository } from './api-key.repository.js';
import type { ApiKeyRow, ApiKeySettings } from './api-key.repository.js';
import { lastFourOf, makeKey } from './key-format.js';
import type { KeyType } from './key-format.js';
import { KeyHasher } from './key-hasher.js';
import { keyChange, keyRecord, keySubject } from './key-record.js';
import { assertMayGrant, bodyOfRow, settingsOf } from './key-settings.js';
import { mergePatch } from './merge-patch.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Makes, changes and revokes API keys. */
@Injectable()
export class KeysService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly keys: ApiKeyRepository,
    private readonly hasher: KeyHasher,
    private readonly notices: KeyNotices,
    private readonly roles: RolesService,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws ForbiddenError `key.beyond_maker` when the maker lacks a permission it hands on */
  make(body: ApiKeyCreate, maker: Principal): Promise<{ row: ApiKeyRow; key: string }> {
    return this.uow.run(async () => {
      const settings = settingsOf(body, body.type, await this.roles.granted(body.role));
      assertMayGrant(maker, expanded(settings));
      return this.store(body.type, settings, 'api');
    });
  }

  /** A new key of the service's own making, in the place of `former` when there is one. */
  async store(
    type: KeyType,
    settings: ApiKeySettings,
    origin: ApiKeyRow['origin'],
    { given, former }: { given?: string; former?: ApiKeyRow } = {},
  ): Promise<{ row: ApiKeyRow; key: string }> {
    const key = given ?? makeKey(type);
    const id = uuidv7();
    const row = await this.keys.insert({
      ...settings,
      id,
      rotation_group_id: former?.rotation_group_id ?? id,
      rotated_from: former?.id ?? null,
      type,
      hash: this.hasher.hash(key),
      last_four: lastFourOf(key),
      origin,
      created_by: currentActor(),
    });
    if (!row) throw new ConflictError('key.already_exists', 'This key exists already.');
    await this.audit.record({ action: 'key.create', subject: keySubject(row), after: keyRecord(row) });
    return { row, key };
  }

  /** @throws NotFoundError */
  get(id: string): Promise<ApiKeyRow> {
    return this.keys.get(checkedKeyId(id));
  }

  /** Applies a JSON merge patch. Who changes a key must hold all that it can do, before and after. */
  patch(id: string, patch: object, maker: Principal, check: (row: ApiKeyRow) => void): Promise<ApiKeyRow> {
    return this.uow.run(async () => {
      const admins = await this.keys.lockUnrestricted();
      const before = await this.keys.get(checkedKeyId(id), true);
      check(before);
      if (before.revoked_at)
        throw new ConflictError('key.revoked', 'A revoked key cannot be changed.', { status: 'revoked' });
      if (before.replaced_at)
        throw new ConflictError('key.rotated', 'Another key took the place of this one: change that one.');
      assertMayGrant(maker, expanded(before));
      const body = mergePatch(bodyOfRow(before), patch) as Omit<ApiKeyCreate, 'type'>;
      const settings = settingsOf(body, before.type, await this.roles.granted(body.role), before);
      assertMayGrant(maker, expanded(settings));
      assertAdminStays(admins, before, settings);
      const row = await this.keys.update(before.id, settings);
      await this.notices.send(row.id);
      await this.audit.record({ action: 'key.update', subject: keySubject(row), ...keyChange(before, row) });
      return row;
    });
  }

  /** From the commit on no process takes the key any more, nor any token made from it. Revoking twice is no error. */
  async revoke(id: string, check: (row: ApiKeyRow) => void): Promise<void> {
    await this.uow.run(async () => {
      const admins = await this.keys.lockUnrestricted();
      const before = await this.keys.get(checkedKeyId(id), true);
      check(before);
      if (before.revoked_at) return;
      assertAdminStays(admins, before);
      await this.end([before.id], currentActor());
    });
  }

  /** Revokes keys for good, in the running transaction; tells everyone, and the audit trail. */
  async end(ids: readonly string[], by: string): Promise<void> {
    if (ids.length === 0) return;
    for (const row of await this.keys.revoke(ids, by)) {
      await this.notices.send(row.id);
      const change = { before: { status: 'active' }, after: { status: 'revoked', revoked_by: by } };
      await this.audit.record({ action: 'key.revoke', subject: keySubject(row), ...change });
    }
  }
}

/** What is no UUID names no key. */
export function checkedKeyId(id: string): string {
  if (!UUID.test(id)) throw new NotFoundError('key', id);
  return id;
}

type Admin = Awaited<ReturnType<ApiKeyRepository['lockUnrestricted']>>[number];

/** The last key that may do everything and does not expire is not given away: nobody could make another. */
export function assertAdminStays(admins: readonly Admin[], before: ApiKeyRow, after?: ApiKeySettings): void {
  if (after && !after.expires_at && isUnrestricted(after)) return;
  const lasting = admins.filter(({ expires_at: end }) => end === null);
  if (lasting.length === 1 && lasting[0].id === before.id)
    throw new ConflictError('key.last_admin', 'This is the last lasting admin key: make another one first.');
}
