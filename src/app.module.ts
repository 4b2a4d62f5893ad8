import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { AiModule } from './ai/ai.module.js';
import { BackupModule } from './backup/backup.module.js';
import { DATABASE_SCHEMA } from './database-schema.js';
import { EntriesModule } from './entries/entries.module.js';
import { GatewayModule } from './gateway/gateway.module.js';
import { GraphModule } from './graph/graph.module.js';
import { HealthModule } from './health/health.module.js';
import { KindsModule } from './kinds/kinds.module.js';
import { AuditModule } from './platform/audit/audit.module.js';
import { CryptoModule } from './platform/crypto/crypto.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import type { Env } from './platform/env/env.js';
import { EnvModule } from './platform/env/env.module.js';
import { HttpClientModule } from './platform/http-client/http-client.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { JobsModule } from './platform/jobs/jobs.module.js';
import { Logger } from './platform/logging/logger.js';
import { LoggingModule } from './platform/logging/logging.module.js';
import { SearchModule } from './search/search.module.js';
import { StreamsModule } from './streams/streams.module.js';

/** The table of contents. */
@Module({})
export class AppModule {
  /** With `more` beside what there is: kinds of one's own. */
  static forRoot(env: Env, logger: Logger = Logger.create(env), more: readonly Type[] = []): DynamicModule {
    return {
      module: AppModule,
      imports: [
        EnvModule.forRoot(env),
        LoggingModule.forRoot(logger),
        DatabaseModule.forRoot(DATABASE_SCHEMA),
        CryptoModule,
        HttpModule,
        HttpClientModule,
        JobsModule,
        AuditModule,
        GatewayModule,
        HealthModule.forRoot(env),
        EntriesModule,
        KindsModule,
        ...more,
        GraphModule,
        SearchModule,
        AiModule,
        StreamsModule,
        BackupModule,
      ],
    };
  }
}
