import { Shown } from '../../platform/http/fields.js';

/** A key that secrets are sealed with: which one it is, never what it is. */
export class DataKeyInfo {
  @Shown(2, { description: 'Stands in everything that is sealed with it.' }) version: number;
  @Shown('seal', {
    enum: ['seal', 'fingerprint'],
    description:
      'Sealing secrets, or telling equal ones apart; fingerprints must stay comparable, so theirs is not rotated.',
  })
  purpose: string;
  @Shown(true, { description: 'Whether it is the one in use for its purpose; older ones only open.' }) current: boolean;
  @Shown('5f1c0a9be2d34c77', { description: 'Name of the master key that wraps it.' }) master_key_id: string;
  @Shown(true, { description: 'Whether this process has that master key.' }) available: boolean;
  @Shown('2026-05-01T12:00:00.000Z', { format: 'date-time' }) created_at: Date;
  @Shown('2026-05-01T12:00:00.000Z', {
    format: 'date-time',
    description: 'When the master key in force wrapped it: as it was made, or when the master key changed.',
  })
  wrapped_at: Date;
}

export class DataKeyRotated {
  @Shown(3, {
    description: 'New secrets are sealed with this one; older ones are moved to it within ten minutes or so.',
  })
  version: number;
}
