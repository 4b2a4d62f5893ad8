import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import type { RevealedSecrets, RevealLog } from '../../platform/crypto/reveal-log.js';

/** Secrets that are shown stand in the audit trail before they are. */
@Injectable()
export class RevealTrail implements RevealLog {
  constructor(private readonly audit: AuditTrail) {}

  revealed(secrets: readonly RevealedSecrets[]): Promise<void> {
    return this.audit.record(
      ...secrets.map(({ entity: { id, key }, fields }) => ({
        action: 'secret.reveal',
        subject: { type: 'entity', id, key },
        details: { fields },
      })),
    );
  }
}
