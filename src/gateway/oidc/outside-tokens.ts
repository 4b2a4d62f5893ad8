import { Injectable } from '@nestjs/common';
import { Env } from '../../platform/env/env.js';
import { grantOfSubject } from '../caller.js';
import type { Grant } from '../caller.js';
import { BUILT_IN_ROLES } from '../roles/role-permissions.js';
import { RoleRepository } from '../roles/role.repository.js';
import { CLOCK_TOLERANCE_SECONDS, nameOf, rolesOf } from './outside-claims.js';
import { OutsideVerifier, decoded } from './outside-verifier.js';

/** Who holds a token of the outside issuer: a subject of its own, with the roles that the operator's map gives it. */
@Injectable()
export class OutsideTokens {
  constructor(
    private readonly env: Env,
    private readonly verifier: OutsideVerifier,
    private readonly roles: RoleRepository,
  ) {}

  /** Whether a token says that the outside issuer made it. Nothing of it is checked yet. */
  claimed(token: string): boolean {
    const issuer = this.env.oidcIssuer;
    return issuer !== undefined && decoded(token)?.payload.iss === issuer;
  }

  /** What a token allows, by what its roles mean now; undefined when it does not hold. */
  async grant(token: string): Promise<Grant | undefined> {
    const payload = await this.verifier.payload(token);
    if (!payload) return undefined;
    const roles = rolesOf(payload, this.env.oidcRoleClaim, this.env.oidcRoleMap);
    const ends = new Date(((payload.exp as number) + CLOCK_TOLERANCE_SECONDS) * 1000);
    const subject = { subject: payload.sub as string, name: nameOf(payload), ends };
    return grantOfSubject(subject, roles, await this.permissionsOf(roles));
  }

  private async permissionsOf(roles: readonly string[]): Promise<string[]> {
    const builtIn = roles.flatMap((role) => (Object.hasOwn(BUILT_IN_ROLES, role) ? BUILT_IN_ROLES[role] : []));
    const own = roles.filter((role) => !Object.hasOwn(BUILT_IN_ROLES, role));
    return [...new Set([...builtIn, ...(own.length > 0 ? await this.roles.permissionsOf(own) : [])])];
  }
}
