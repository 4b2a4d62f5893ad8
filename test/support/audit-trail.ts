import { AuditNotes } from '../../src/platform/audit/audit-notes.js';
import { AuditTrail } from '../../src/platform/audit/audit-trail.js';
import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { readEnv } from '../../src/platform/env/load-env.js';
import { ShutdownState } from '../../src/platform/http/shutdown-state.js';
import { JobLease } from '../../src/platform/jobs/job-lease.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { quietLogger } from './quiet-logger.js';

/** The audit trail for parts of the service without an application; what it notes is written when it is flushed. */
export const auditTrail = (uow: UnitOfWork): AuditTrail =>
  new AuditTrail(
    uow,
    new AuditNotes(uow, new Jobs(new JobLease(uow), readEnv({}), quietLogger(), new ShutdownState())),
  );
