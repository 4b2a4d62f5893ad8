import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Logger } from './logger.js';

/** Gives the process's logger to everyone. */
@Module({})
export class LoggingModule {
  static forRoot(logger: Logger): DynamicModule {
    return {
      module: LoggingModule,
      global: true,
      providers: [{ provide: Logger, useValue: logger }],
      exports: [Logger],
    };
  }
}
