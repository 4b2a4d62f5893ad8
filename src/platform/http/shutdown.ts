import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { Env } from '../env/env.js';
import { Logger } from '../logging/logger.js';
import { closed } from './server-close.js';
import { ShutdownState } from './shutdown-state.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const ORPHAN_CHECK_MS = 500;

/** The first signal drains and ends the process with 0 (1 when it took too long); a second one ends it at once. */
export function stopOnSignals(app: INestApplication): void {
  let stopping = false;
  const begin = (reason: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    void stop(app, reason).then((code) => process.exit(code));
  };
  for (const signal of SIGNALS) process.on(signal, () => begin(signal));
  // A SIGTERM of `npm start` ends npm and its shell, which tell nobody: the port would stay taken.
  if (process.env.npm_lifecycle_event === 'start') onOrphaned(() => stopping || begin('npm has ended'));
}

function onOrphaned(then: () => unknown): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, ORPHAN_CHECK_MS).unref();
}

/**
 * Readiness turns, load balancers get their delay, then no connection is taken any more, running requests are answered,
 * held connections and jobs end, and last the modules and the pool. Gives back the exit code.
 */
export async function stop(app: INestApplication, reason: string): Promise<number> {
  const env = app.get(Env);
  const logger = app.get(Logger).child('shutdown');
  const server = app.getHttpServer() as Server;
  const startedAt = performance.now();
  logger.info({ reason }, 'stopping: answering what is running');
  app.get(ShutdownState).begin();
  const late = new AbortController();
  try {
    const inTime = await Promise.race([
      drain(app, server, env.drainDelayMs).then(() => true),
      sleep(env.drainDelayMs + env.shutdownTimeoutMs, false, { signal: late.signal }),
    ]);
    if (!inTime) {
      logger.error({ limit_ms: env.shutdownTimeoutMs }, 'the drain took too long; what still runs is cut off');
      server.closeAllConnections();
      return 1;
    }
    logger.info({ ms: Math.round(performance.now() - startedAt) }, 'stopped');
    return 0;
  } catch (err) {
    logger.error({ err }, 'the shutdown failed');
    return 1;
  } finally {
    late.abort();
  }
}

async function drain(app: INestApplication, server: Server, delayMs: number): Promise<void> {
  if (delayMs > 0) await sleep(delayMs);
  await Promise.all([closed(server), app.get(ShutdownState).release()]);
  await app.close();
}
