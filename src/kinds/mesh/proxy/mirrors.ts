import http from 'node:http';
import https from 'node:https';
import { Injectable } from '@nestjs/common';
import { Endpoints } from '../choice/endpoints.js';
import { drawOf, hashOf } from '../choice/hash.js';
import { ProxyAgents } from './proxy-agents.js';
import { requestHeaders } from './proxy-headers.js';
import type { Passage } from './proxy-exchange.js';

const MOST_AT_ONCE = 200;
const TIMEOUT_MS = 10_000;

/** Sends copies of requests without a body to where nobody waits for an answer. */
@Injectable()
export class Mirrors {
  private active = 0;

  constructor(
    private readonly endpoints: Endpoints,
    private readonly agents: ProxyAgents,
  ) {}

  /** Never throws; more than so many at once are left out. */
  copy({ route, request, incoming, path }: Passage): void {
    const { mirror } = route.row.spec;
    if (!mirror || this.active >= MOST_AT_ONCE) return;
    if (drawOf(`${request.requestId}\nmirror`) * 100 >= (mirror.percentage ?? 100)) return;
    const destination = route.destinations.find(({ name }) => name === mirror.destination);
    const there = destination ? this.endpoints.of(destination) : [];
    if (there.length === 0) return;
    const endpoint = there[hashOf(request.requestId) % there.length];
    const way = this.agents.to(endpoint);
    if (!way.allowed) return;
    const passed = { clientIp: request.clientIp, requestId: request.requestId, traceparent: undefined, body: false };
    const headers = requestHeaders(incoming, endpoint, { passed, rewrite: route.row.spec.rewrite });
    headers.push('X-Mesh-Mirror', route.row.key);
    const { host, port, scheme } = endpoint;
    const options = { agent: way.agent, host, port, path, method: incoming.method, headers } as http.RequestOptions;
    const copy = scheme === 'https' ? https.request(options) : http.request(options);
    const timer = setTimeout(() => copy.destroy(), TIMEOUT_MS);
    this.active++;
    way.active++;
    copy.on('response', (answer) => answer.on('error', () => undefined).resume());
    copy.on('error', () => undefined);
    copy.on('close', () => {
      clearTimeout(timer);
      this.active--;
      way.active--;
    });
    copy.end();
  }
}
