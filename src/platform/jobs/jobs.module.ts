import { Global, Module } from '@nestjs/common';
import { JobLease } from './job-lease.js';
import { Jobs } from './jobs.js';

/** Gives `Jobs` to everyone. */
@Global()
@Module({ providers: [JobLease, Jobs], exports: [Jobs] })
export class JobsModule {}
