import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Env } from './env.js';

/** Gives the checked settings to everyone. */
@Module({})
export class EnvModule {
  static forRoot(env: Env): DynamicModule {
    return { module: EnvModule, global: true, providers: [{ provide: Env, useValue: env }], exports: [Env] };
  }
}
