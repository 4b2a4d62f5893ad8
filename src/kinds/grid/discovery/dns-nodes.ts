import { Resolver } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';
import { Env } from '../../../platform/env/env.js';
import { ImpossibleError } from '../../../platform/errors/registry-error.js';
import { MOST_FOUND } from './found-node.js';
import type { FoundNode } from './found-node.js';

const QUESTION = { timeout: 2000, tries: 2 };
/** What the resolver's codes mean to whoever asked. */
const MEANINGS: Record<string, string> = {
  ENOTFOUND: 'is no name that DNS knows',
  ENODATA: 'has no SRV records',
  ETIMEOUT: 'was asked for in time, and nobody answered',
};

/** Nodes that SRV records (RFC 2782) name. */
@Injectable()
export class DnsNodes {
  constructor(private readonly env: Env) {}

  /** @throws ImpossibleError `grid.source_failed` */
  async find(name: string): Promise<FoundNode[]> {
    const resolver = new Resolver(QUESTION);
    if (this.env.gridDnsServers.length > 0) resolver.setServers(this.env.gridDnsServers);
    const records = await resolver.resolveSrv(name).catch((error: NodeJS.ErrnoException) => {
      const message = MEANINGS[error.code ?? ''] ?? `cannot be asked for (${error.code})`;
      throw new ImpossibleError('grid.source_failed', `name ${message}.`, [{ field: 'name', message }]);
    });
    const hosts = records.map(({ name: target }) => target.replace(/\.$/, '').toLowerCase());
    const several = new Set(hosts.filter((host, n) => hosts.indexOf(host) !== n));
    return records.slice(0, MOST_FOUND).map(({ port, weight, priority }, n) => ({
      // One host may serve on several ports: then each is a node.
      name: several.has(hosts[n]) ? `${hosts[n]}-${port}` : hosts[n],
      host: hosts[n],
      port,
      weight: Math.max(1, weight),
      labels: { 'dns.srv': name, 'dns.priority': String(priority) },
    }));
  }
}
