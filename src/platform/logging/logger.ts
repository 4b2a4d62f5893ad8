import { pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { Logger as Pino } from 'pino';
import type { Env } from '../env/env.js';
import { currentRequest } from '../http/request-context.js';
import { prettyLine } from './pretty-line.js';
import { redactFields, redactText } from './redact.js';

type Fields = Record<string, unknown>;
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Where lines go; standard output unless a test says otherwise. */
export interface LogTarget {
  write(line: string): unknown;
}

/**
 * The process's log: one JSON object a line (one-liners on a terminal), with the request's id, and without secrets.
 * `logger.info({ rows }, 'imported')`, `logger.error({ err }, 'the relay failed')`.
 */
export class Logger {
  private constructor(private readonly inner: Pino) {}

  static create(env: Pick<Env, 'logLevel' | 'logFormat'>, target: LogTarget = process.stdout): Logger {
    const pretty =
      (env.logFormat ?? (target === process.stdout && process.stdout.isTTY ? 'pretty' : 'json')) === 'pretty';
    const write = (line: string): void => {
      const safe = redactText(line);
      target.write(pretty ? prettyLine(safe) : safe);
    };
    const options = {
      level: env.logLevel,
      base: undefined,
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: stdSerializers.err },
      formatters: { level: (level: string) => ({ level }), log: (fields: Fields) => redactFields(fields) },
      mixin: requestFields,
    };
    return new Logger(pino(options, { write }));
  }

  /** A logger whose lines carry the name of a part: `child('relay')`. */
  child(name: string): Logger {
    return new Logger(this.inner.child({ name }));
  }

  isEnabled(level: Level): boolean {
    return this.inner.isLevelEnabled(level);
  }

  trace(fields: Fields | string, message?: string): void {
    this.log('trace', fields, message);
  }

  debug(fields: Fields | string, message?: string): void {
    this.log('debug', fields, message);
  }

  info(fields: Fields | string, message?: string): void {
    this.log('info', fields, message);
  }

  warn(fields: Fields | string, message?: string): void {
    this.log('warn', fields, message);
  }

  error(fields: Fields | string, message?: string): void {
    this.log('error', fields, message);
  }

  fatal(fields: Fields | string, message?: string): void {
    this.log('fatal', fields, message);
  }

  log(level: Level, fields: Fields | string, message?: string): void {
    if (typeof fields === 'string') this.inner[level](fields);
    else this.inner[level](fields, message);
  }
}

function requestFields(): Fields {
  const request = currentRequest();
  if (!request) return {};
  return { request_id: request.requestId, ...(request.traceId && { trace_id: request.traceId }) };
}
