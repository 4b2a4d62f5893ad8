import { Injectable } from '@nestjs/common';
import { OutboundError } from '../../platform/http-client/outbound-error.js';
import { OutboundHttp } from '../../platform/http-client/outbound-http.js';
import { OutboundSockets } from '../../platform/http-client/outbound-sockets.js';
import type { Probe } from '../kind/kind-hooks.js';
import { probeGrpc } from './probes/grpc-probe.js';
import { probeHttp } from './probes/http-probe.js';
import { probePostgres } from './probes/postgres-probe.js';
import { hostPort } from './probes/probe-target.js';
import { probeRedis } from './probes/redis-probe.js';

/** What a probe found; `message` holds nothing secret. */
export interface Finding {
  ok: boolean;
  message: string;
  latency_ms: number;
}

/** Makes one probe, by its type, within its time. Every way out is guarded as those of `OutboundHttp` are. */
@Injectable()
export class Prober {
  constructor(
    private readonly http: OutboundHttp,
    private readonly sockets: OutboundSockets,
  ) {}

  /** Never throws: what fails is a finding. */
  async probe(probe: Probe): Promise<Finding> {
    const timeoutMs = Math.max(1, probe.timeout * 1000);
    const clock = new AbortController();
    const late = new OutboundError('timeout', `No answer within ${probe.timeout} s.`);
    const timer = setTimeout(() => clock.abort(late), timeoutMs);
    const began = performance.now();
    const found = (ok: boolean, message: string): Finding => ({
      ok,
      message,
      latency_ms: Math.round((performance.now() - began) * 10) / 10,
    });
    try {
      return found(true, await this.ask(probe, clock.signal, timeoutMs));
    } catch (error) {
      if (clock.signal.aborted) return found(false, late.message);
      return found(false, error instanceof OutboundError ? error.message : 'The probe failed.');
    } finally {
      clearTimeout(timer);
      // Whatever is still open of it is cut.
      clock.abort();
    }
  }

  private async ask({ type, target }: Probe, signal: AbortSignal, timeoutMs: number): Promise<string> {
    switch (type) {
      case 'http':
        return probeHttp(this.http, target, signal, timeoutMs);
      case 'tcp': {
        const socket = await this.sockets.connect(hostPort(target.replace(/^tcp:\/\//, '')), signal);
        socket.destroy();
        return 'connected';
      }
      case 'grpc':
        return probeGrpc(this.sockets, target, signal);
      case 'postgresql':
        return probePostgres(this.sockets, target, signal, timeoutMs);
      case 'redis':
        return probeRedis(this.sockets, target, signal);
      case 'ttl':
        throw new OutboundError('bad_request', 'It is not probed; it reports.');
    }
  }
}
