import { Global, Module } from '@nestjs/common';
import { Env } from '../env/env.js';
import { AllowedTargets } from './allowed-targets.js';
import { OutboundHttp } from './outbound-http.js';
import { OutboundSockets } from './outbound-sockets.js';

/** The guarded ways out, for everyone who calls a URL or connects to an address. */
@Global()
@Module({
  providers: [
    {
      provide: OutboundHttp,
      inject: [Env],
      useFactory: (env: Env) => new OutboundHttp(AllowedTargets.parse(env.outboundAllowedHosts)),
    },
    {
      provide: OutboundSockets,
      inject: [Env],
      useFactory: (env: Env) => new OutboundSockets(AllowedTargets.parse(env.outboundAllowedHosts)),
    },
  ],
  exports: [OutboundHttp, OutboundSockets],
})
export class HttpClientModule {}
