import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Env } from './platform/env/env.js';
import { EnvModule } from './platform/env/env.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { Logger } from './platform/logging/logger.js';
import { LoggingModule } from './platform/logging/logging.module.js';

/** The table of contents. */
@Module({})
export class AppModule {
  static forRoot(env: Env, logger: Logger = Logger.create(env)): DynamicModule {
    return { module: AppModule, imports: [EnvModule.forRoot(env), LoggingModule.forRoot(logger), HttpModule] };
  }
}
