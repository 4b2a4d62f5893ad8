import { UsageQuestions } from '../../src/gateway/usage/usage-questions.js';
import { UsageRecorder } from '../../src/gateway/usage/usage-recorder.js';
import { UsageRepository } from '../../src/gateway/usage/usage.repository.js';
import { UsageRetention } from '../../src/gateway/usage/usage-retention.js';
import { readEnv } from '../../src/platform/env/load-env.js';
import { Metrics } from '../../src/platform/http/metrics.js';
import { RequestObservers } from '../../src/platform/http/request-observers.js';
import type { AnsweredRequest } from '../../src/platform/http/request-observers.js';
import { ShutdownState } from '../../src/platform/http/shutdown-state.js';
import { JobLease } from '../../src/platform/jobs/job-lease.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { Logger } from '../../src/platform/logging/logger.js';
import type { TestDatabase } from '../support/database.js';

/** What one process has of the usage statistics, without its clockwork. */
export interface UsageProcess {
  repository: UsageRepository;
  recorder: UsageRecorder;
  retention: UsageRetention;
  questions: UsageQuestions;
  metrics: Metrics;
  log: string[];
}

export function usageProcess({ uow }: Pick<TestDatabase, 'uow'>, env: Record<string, string> = {}): UsageProcess {
  const log: string[] = [];
  const logger = Logger.create({ logLevel: 'info', logFormat: 'json' }, { write: (line) => log.push(line) });
  const settings = readEnv(env);
  const jobs = new Jobs(new JobLease(uow), settings, logger, new ShutdownState());
  const repository = new UsageRepository(uow);
  const metrics = new Metrics();
  return {
    repository,
    recorder: new UsageRecorder(repository, new RequestObservers(), jobs, metrics, logger),
    retention: new UsageRetention(repository, settings, jobs, logger),
    questions: new UsageQuestions(uow),
    metrics,
    log,
  };
}

/** A request of a key as the HTTP layer tells of it. */
export const answered = (key: string | undefined, change: Partial<AnsweredRequest> = {}): AnsweredRequest => ({
  principal: key === undefined ? undefined : { id: key, type: 'api_key', name: key, permissions: [] },
  method: 'GET',
  route: '/things/:id',
  status: 200,
  milliseconds: 5,
  bytesOut: 100,
  ...change,
});
