import 'reflect-metadata';
import { announcement, urlOf } from './announcement.js';
import { application } from './application.js';
import { FirstKey } from './gateway/keys/first-key.js';
import type { Env } from './platform/env/env.js';
import { EnvError, loadEnv } from './platform/env/load-env.js';
import { Metrics } from './platform/http/metrics.js';
import { stopOnSignals } from './platform/http/shutdown.js';
import { Logger } from './platform/logging/logger.js';
import { redactText } from './platform/logging/redact.js';

/** As in sysexits.h: the configuration is wrong, and starting again without changing it is of no use. */
const EX_CONFIG = 78;

async function start(env: Env, logger: Logger): Promise<void> {
  const app = await application(env, logger);
  app.get(Metrics).collectProcess();
  await app.init();
  stopOnSignals(app);
  await app.listen(env.port, env.host);
  const url = urlOf(app.getHttpServer(), env.host);
  logger.info({ url, role: env.role, embedded: env.embedded }, 'listening');
  const key = app.get(FirstKey).announcement();
  // Who asked for JSON gets nothing else on standard output; a key is shown once all the same, and never logged.
  const plain = env.logFormat !== 'json';
  if (plain || key.key || key.note) (plain ? process.stdout : process.stderr).write(announcement(env, url, key));
}

function end(error: unknown, message: string, logger?: Logger): never {
  logger?.fatal({ err: error }, message);
  process.stderr.write(error instanceof EnvError ? `${error.message}\n` : `${message}: ${reasonOf(error)}\n`);
  process.exit(error instanceof EnvError ? EX_CONFIG : 1);
}

/** The reason in words that say what to do, where Node has only a code. */
function reasonOf(error: unknown): string {
  const { code, address, port, message } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') return `${address}:${port} is taken by another process. Set PORT to a free one.`;
  if (code === 'EACCES' && port !== undefined)
    return `this user may not listen on port ${port}. Set PORT to another one.`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${address}. Set HOST to one of its own.`;
  return redactText(message ?? String(error));
}

function readEnvironment(): Env {
  try {
    return loadEnv();
  } catch (error) {
    return end(error, 'The environment could not be read');
  }
}

const env = readEnvironment();
const logger = Logger.create(env);
process.on('uncaughtException', (error) => end(error, 'The registry failed', logger));
process.on('unhandledRejection', (error) => end(error, 'The registry failed', logger));
await start(env, logger).catch((error: unknown) => end(error, 'The registry did not start', logger));
