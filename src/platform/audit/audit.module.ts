import { Global, Module } from '@nestjs/common';
import { AuditNotes } from './audit-notes.js';
import { AuditTrail } from './audit-trail.js';

/** Gives the audit trail to everyone. */
@Global()
@Module({ providers: [AuditNotes, AuditTrail], exports: [AuditNotes, AuditTrail] })
export class AuditModule {}
