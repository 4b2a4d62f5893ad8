import { Shown } from '../../../platform/http/fields.js';

export class ConsulPair {
  @Shown(0, { type: 'integer', description: 'There are no locks.' }) LockIndex: number;
  @Shown('app/db/pool') Key: string;
  @Shown(0, { type: 'integer', description: 'Up to 64 bits.' }) Flags: number;
  @Shown('MjA=', { nullable: true, type: String, description: 'Base64; null for nothing.' }) Value: string | null;
  @Shown(41, { type: 'integer' }) CreateIndex: number;
  @Shown(42, { type: 'integer', description: 'What `cas` compares with.' }) ModifyIndex: number;
}
