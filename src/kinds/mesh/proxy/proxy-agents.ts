import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Env } from '../../../platform/env/env.js';
import { AllowedTargets } from '../../../platform/http-client/allowed-targets.js';
import { GuardedAddresses } from '../../../platform/http-client/guarded-addresses.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import type { Endpoint } from '../choice/endpoints.js';

const SWEEP_MS = 60_000;
/** Below the five seconds after which many servers hang up on who says nothing. */
const IDLE_MS = 4000;
const MOST_IDLE = 256;
const LOOKUP_MS = 5000;

export interface Way {
  agent: http.Agent | https.Agent;
  /** False for an address that may not be reached. Names are checked as they are looked up. */
  allowed: boolean;
  /** Exchanges under way. */
  active: number;
  usedAt: number;
}

/** Connections that are kept, for each destination by itself, under the rules of all calls to the outside. */
@Injectable()
export class ProxyAgents implements OnModuleInit, OnApplicationShutdown {
  private readonly ways = new Map<string, Way>();
  private readonly targets: AllowedTargets;
  private readonly addresses: GuardedAddresses;

  constructor(
    env: Env,
    private readonly jobs: Jobs,
  ) {
    this.targets = AllowedTargets.parse([...env.outboundAllowedHosts, ...env.meshAllowedHosts])!;
    this.addresses = new GuardedAddresses(this.targets);
  }

  onModuleInit(): void {
    this.jobs.every('mesh-proxy-connections', SWEEP_MS, () => this.sweep());
  }

  onApplicationShutdown(): void {
    for (const { agent } of this.ways.values()) agent.destroy();
    this.ways.clear();
  }

  to(endpoint: Endpoint): Way {
    let way = this.ways.get(endpoint.key);
    if (!way) this.ways.set(endpoint.key, (way = this.made(endpoint)));
    return way;
  }

  /** Looks a name up and checks every address it has; the connection goes to one of those. */
  lookup(port: number): LookupFunction {
    return (hostname, options, callback) => {
      this.addresses.of(hostname, port, AbortSignal.timeout(LOOKUP_MS)).then(
        (found) => {
          if (options.all) callback(null, [...found]);
          else callback(null, found[0].address, found[0].family);
        },
        (error: unknown) => callback(error as NodeJS.ErrnoException, '', 0),
      );
    };
  }

  allows({ host, port }: Endpoint): boolean {
    return isIP(host) === 0 || this.targets.allows(host, host, port);
  }

  private made(endpoint: Endpoint): Way {
    const { scheme, port } = endpoint;
    const options = { keepAlive: true, maxFreeSockets: MOST_IDLE, timeout: IDLE_MS, scheduling: 'lifo', lookup: this.lookup(port) } as const; // prettier-ignore
    const agent = scheme === 'https' ? new https.Agent(options) : new http.Agent(options);
    return { agent, allowed: this.allows(endpoint), active: 0, usedAt: performance.now() };
  }

  private sweep(): void {
    const old = performance.now() - SWEEP_MS;
    for (const [key, { agent, active, usedAt }] of this.ways) {
      if (active > 0 || usedAt > old) continue;
      this.ways.delete(key);
      agent.destroy();
    }
  }
}
