import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { changedParts } from '../../platform/audit/changed-parts.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ConflictError, InvalidError, NotFoundError } from '../../platform/errors/registry-error.js';
import { currentActor } from '../../platform/http/request-context.js';
import type { Principal } from '../../platform/http/request-context.js';
import { KeyNotices } from '../key-notices.js';
import { assertMayGrant, assertNone, normalPermission, patternErrors } from '../keys/key-settings.js';
import { BUILT_IN_ROLES, isBuiltIn } from './role-permissions.js';
import { RoleRepository } from './role.repository.js';
import type { RoleRow, RoleSettings } from './role.repository.js';
import type { Role, RoleReplace } from './role.dto.js';

/** More would not fit one answer, and nobody could oversee them. */
const MOST_ROLES = 1000;

/** Built-in roles and those of the operator's own making. */
@Injectable()
export class RolesService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly roles: RoleRepository,
    private readonly notices: KeyNotices,
    private readonly audit: AuditTrail,
  ) {}

  /** The built-in ones first, then the others by name. */
  async list(): Promise<Role[]> {
    const [rows, holders] = [await this.roles.list(), await this.roles.holders()];
    const all = [...Object.keys(BUILT_IN_ROLES).map(builtIn), ...rows.map(answerOf)];
    return all.map((role) => ({ ...role, keys: holders.get(role.name) ?? 0 }));
  }

  /** @throws NotFoundError */
  async get(name: string): Promise<Role> {
    const role = isBuiltIn(name) ? builtIn(name) : answerOf(found(await this.roles.find(name), name));
    return { ...role, keys: await this.roles.holdersOf(name) };
  }

  /** @throws ForbiddenError `key.beyond_maker` when the maker lacks a permission of it */
  make(name: string, body: RoleReplace, maker: Principal): Promise<Role> {
    if (isBuiltIn(name)) throw new ConflictError('role.already_exists', `There is a built-in role ${name}.`);
    const settings = settingsOf(name, body);
    assertMayGrant(maker, settings.permissions);
    return this.uow.run(async () => {
      if ((await this.roles.count()) >= MOST_ROLES)
        throw new ConflictError('role.too_many', `There are ${MOST_ROLES} roles already.`, { limit: MOST_ROLES });
      const row = await this.roles.insert(settings, currentActor());
      if (!row) throw new ConflictError('role.already_exists', `There is a role ${name} already.`);
      // Tokens of the outside issuer may name it already.
      await this.notices.sendRole(name);
      await this.audit.record({ action: 'role.create', subject: { type: 'role', key: name }, after: settings });
      return answerOf(row);
    });
  }

  /** Whoever changes a role must hold all that it gives, before and after: others may hold it already. */
  replace(name: string, body: RoleReplace, maker: Principal, check: (row: RoleRow) => void): Promise<Role> {
    assertOwn(name);
    const settings = settingsOf(name, body);
    return this.uow.run(async () => {
      const before = found(await this.roles.lock(name, 'UPDATE'), name);
      check(before);
      assertMayGrant(maker, [...before.permissions, ...settings.permissions]);
      const row = await this.roles.update(settings);
      await this.notices.sendRole(name);
      const changed = changedParts(saidBy(before), settings);
      await this.audit.record({ action: 'role.update', subject: { type: 'role', key: name }, ...changed });
      return { ...answerOf(row), keys: await this.roles.holdersOf(name) };
    });
  }

  async delete(name: string, check: (row: RoleRow) => void): Promise<void> {
    assertOwn(name);
    await this.uow.run(async () => {
      const row = found(await this.roles.lock(name, 'UPDATE'), name);
      check(row);
      const keys = await this.roles.holdersOf(name);
      if (keys > 0)
        throw new ConflictError('role.in_use', `${keys} ${keys === 1 ? 'key holds' : 'keys hold'} the role ${name}.`, {
          keys,
        });
      await this.roles.delete(name);
      await this.notices.sendRole(name);
      await this.audit.record({ action: 'role.delete', subject: { type: 'role', key: name }, before: saidBy(row) });
    });
  }

  /** What a role that a key is given means, kept as it is until the transaction ends; null for none and built-in ones. */
  async granted(role: string | null | undefined): Promise<string[] | null> {
    if (!role || isBuiltIn(role)) return null;
    const row = await this.roles.lock(role, 'SHARE');
    if (!row) throw InvalidError.field('role', 'is no role: GET /api/v1/gateway/roles lists them');
    return row.permissions;
  }
}

function settingsOf(name: string, body: RoleReplace): RoleSettings {
  const permissions = [...new Set(body.permissions.map(normalPermission))];
  assertNone(patternErrors(permissions));
  return { name, description: body.description ?? '', permissions };
}

const saidBy = ({ name, description, permissions }: RoleRow): RoleSettings => ({ name, description, permissions });

function assertOwn(name: string): void {
  if (isBuiltIn(name)) throw new ConflictError('role.built_in', `The role ${name} is built in and cannot be changed.`);
}

function found(row: RoleRow | undefined, name: string): RoleRow {
  if (!row) throw new NotFoundError('role', name);
  return row;
}

const answerOf = (row: RoleRow): Role => ({ ...row, built_in: false, keys: 0 });

const builtIn = (name: string): Role => ({
  name,
  description: 'Built in.',
  permissions: [...BUILT_IN_ROLES[name]],
  built_in: true,
  keys: 0,
  created_by: 'system',
  revision: 1,
  created_at: null,
  updated_at: null,
});
