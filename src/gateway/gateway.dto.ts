import { Shown } from '../platform/http/fields.js';
import { KEY_TYPES } from './keys/key-format.js';

/** Who a credential stands for. */
export class WhoAmI {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', {
    description: 'Id of the key; `oidc:<subject>` with a token of the outside issuer.',
  })
  id: string;
  @Shown('service_key', { enum: [...KEY_TYPES, 'user'] }) type: string;
  @Shown('Build pipeline') name: string;
  @Shown('key', { enum: ['key', 'token'], description: 'Whether a key was sent or a token.' })
  credential: string;
  @Shown(['read:*', 'write:entities'], { type: [String] }) permissions: string[];
  @Shown(['viewer'], { type: [String], description: 'Names of the roles it holds.' }) roles: string[];
  @Shown(null, { type: String, format: 'date-time', nullable: true }) expires_at: Date | null;
}

/** A permission and what it opens. */
export class PermissionInfo {
  @Shown('read:entities') permission: string;
  @Shown(['GET /api/v1/entities', 'GET /api/v1/entities/:id'], { type: [String] }) routes: string[];
}
