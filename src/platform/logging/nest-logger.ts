import type { LoggerService } from '@nestjs/common';
import type { Level, Logger } from './logger.js';

/** Nest's chatter about every module and route at each start is for debugging. */
const CHATTER = new Set(['InstanceLoader', 'RouterExplorer', 'RoutesResolver', 'NestFactory', 'NestApplication']);

/** Sends what Nest itself logs through our logger, so that there is one format and one redaction. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest gives the context last, and for errors a stack before it. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : 'nest';
    const stack = level === 'error' && rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
    const own = level === 'info' && CHATTER.has(context) ? 'debug' : level;
    const fields =
      message instanceof Error ? { name: context, err: message } : { name: context, ...(stack && { stack }) };
    this.logger.log(own, fields, message instanceof Error ? message.message : String(message));
  }
}
