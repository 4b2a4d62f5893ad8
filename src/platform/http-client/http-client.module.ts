import { Global, Module } from '@nestjs/common';
import { Env } from '../env/env.js';
import { AllowedTargets } from './allowed-targets.js';
import { OutboundHttp } from './outbound-http.js';

/** The guarded client, for everyone who calls a URL. */
@Global()
@Module({
  providers: [
    {
      provide: OutboundHttp,
      inject: [Env],
      useFactory: (env: Env) => new OutboundHttp(AllowedTargets.parse(env.outboundAllowedHosts)),
    },
  ],
  exports: [OutboundHttp],
})
export class HttpClientModule {}
