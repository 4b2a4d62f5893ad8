import type { SecretPlace } from '../../../platform/crypto/secret-box.js';

/** Where the sealed value of a draft stands. Takes its public id. */
export const draftPlace = (uid: string): SecretPlace => ({ table: 'config_draft', row: uid, field: 'value' });
