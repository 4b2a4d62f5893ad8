import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ConflictError, NotFoundError } from '../../platform/errors/registry-error.js';
import { currentActor } from '../../platform/http/request-context.js';
import type { Principal } from '../../platform/http/request-context.js';
import { KeyNotices } from '../key-notices.js';
import { expanded } from '../roles.js';
import type { ApiKeyCreate } from './api-key.dto.js';
import { ApiKeyRepository } from './api-key.repository.js';
import type { ApiKeyRow, ApiKeySettings } from './api-key.repository.js';
import { lastFourOf, makeKey } from './key-format.js';
import type { KeyType } from './key-format.js';
import { KeyHasher } from './key-hasher.js';
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
  ) {}

  /** @throws ForbiddenError `key.beyond_maker` when the maker lacks a permission it hands on */
  async make(body: ApiKeyCreate, maker: Principal): Promise<{ row: ApiKeyRow; key: string }> {
    const settings = settingsOf(body, body.type);
    assertMayGrant(maker, expanded(settings.permissions, settings.role));
    return this.store(body.type, settings, 'api');
  }

  /** A new key of the service's own making. */
  async store(
    type: KeyType,
    settings: ApiKeySettings,
    origin: ApiKeyRow['origin'],
    given?: string,
  ): Promise<{ row: ApiKeyRow; key: string }> {
    const key = given ?? makeKey(type);
    const row = await this.keys.insert({
      ...settings,
      id: uuidv7(),
      type,
      hash: this.hasher.hash(key),
      last_four: lastFourOf(key),
      origin,
      created_by: currentActor(),
    });
    if (!row) throw new ConflictError('key.already_exists', 'This key exists already.');
    return { row, key };
  }

  /** @throws NotFoundError */
  get(id: string): Promise<ApiKeyRow> {
    return this.keys.get(this.checked(id));
  }

  /** Applies a JSON merge patch. Who changes a key must hold all that it can do, before and after. */
  patch(id: string, patch: object, maker: Principal, check: (row: ApiKeyRow) => void): Promise<ApiKeyRow> {
    return this.uow.run(async () => {
      const admins = await this.keys.lockUnrestricted();
      const before = await this.keys.get(this.checked(id), true);
      check(before);
      if (before.revoked_at)
        throw new ConflictError('key.revoked', 'A revoked key cannot be changed.', { status: 'revoked' });
      assertMayGrant(maker, expanded(before.permissions, before.role));
      const body = mergePatch(bodyOfRow(before), patch) as Omit<ApiKeyCreate, 'type'>;
      const settings = settingsOf(body, before.type, before);
      assertMayGrant(maker, expanded(settings.permissions, settings.role));
      assertAdminStays(admins, before, settings);
      const row = await this.keys.update(before.id, settings);
      await this.notices.send(row.id);
      return row;
    });
  }

  /** From the commit on no process takes the key any more, nor any token made from it. Revoking twice is no error. */
  async revoke(id: string, check: (row: ApiKeyRow) => void): Promise<void> {
    await this.uow.run(async () => {
      const admins = await this.keys.lockUnrestricted();
      const before = await this.keys.get(this.checked(id), true);
      check(before);
      if (before.revoked_at) return;
      assertAdminStays(admins, before);
      await this.keys.revoke([before.id], currentActor());
      await this.notices.send(before.id);
    });
  }

  /** What is no UUID names no key. */
  private checked(id: string): string {
    if (!UUID.test(id)) throw new NotFoundError('key', id);
    return id;
  }
}

type Admin = Awaited<ReturnType<ApiKeyRepository['lockUnrestricted']>>[number];

/** The last key that may do everything and does not expire is not given away: nobody could make another. */
function assertAdminStays(admins: readonly Admin[], before: ApiKeyRow, after?: ApiKeySettings): void {
  if (after && !after.expires_at && expanded(after.permissions, after.role).includes('*')) return;
  const lasting = admins.filter(({ expires_at: end }) => end === null);
  if (lasting.length === 1 && lasting[0].id === before.id)
    throw new ConflictError('key.last_admin', 'This is the last lasting admin key: make another one first.');
}
