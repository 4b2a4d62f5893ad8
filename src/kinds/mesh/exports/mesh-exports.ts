import { Injectable } from '@nestjs/common';
import { stringify } from 'yaml';
import { envoyResources } from '../xds/envoy-resources.js';
import { caddyConfig } from './caddy.js';
import type { ExportQuery } from './export.dto.js';
import { gatewayApiManifests } from './gateway-api.js';
import { haproxyConfig } from './haproxy.js';
import { istioManifests } from './istio.js';
import type { Manifest } from './istio.js';
import type { RouteSet } from './route-set.js';
import { RouteSets } from './route-sets.js';

/** A configuration as text. */
export interface Export {
  text: string;
  type: 'application/json' | 'application/yaml' | 'text/plain';
  /** What the format has no words for. */
  notes: readonly string[];
  version: number;
}

/** Writes the routes in the languages of proxies. */
@Injectable()
export class MeshExports {
  constructor(private readonly sets: RouteSets) {}

  async write(query: ExportQuery): Promise<Export> {
    await this.sets.settled();
    const set = this.sets.current();
    return { ...rendered(set, query), version: set.version };
  }
}

function rendered(set: RouteSet, query: ExportQuery): Omit<Export, 'version'> {
  switch (query.format) {
    case 'istio':
      return manifests(istioManifests(set, query));
    case 'gateway-api':
      return manifests(gatewayApiManifests(set, { ...query, gateway: query.gateway ?? 'mesh' }));
    case 'haproxy':
      return { ...haproxyConfig(set, query), type: 'text/plain' };
    case 'caddy': {
      const { body, notes } = caddyConfig(set, query);
      return { text: written(body), type: 'application/json', notes };
    }
    default: {
      const { listeners, clusters, notes } = envoyResources(set, { ...query, address: bare(query.address) });
      const plain = (all: readonly object[]): object[] => all.map((one) => ({ ...one, '@type': undefined }));
      const body = { static_resources: { listeners: plain(listeners), clusters: plain(clusters) } };
      return { text: written(body), type: 'application/json', notes };
    }
  }
}

const bare = (address: string): string => address.replace(/^\[(.*)\]$/, '$1');
const written = (body: object): string => `${JSON.stringify(body, null, 2)}\n`;

function manifests({ manifests: all, notes }: { manifests: Manifest[]; notes: string[] }): Omit<Export, 'version'> {
  const comments = notes.map((note) => `# not expressed: ${note}\n`).join('');
  const documents = all.map((one) => stringify(one, { aliasDuplicateObjects: false, lineWidth: 0 }));
  return { text: comments + documents.join('---\n'), type: 'application/yaml', notes };
}
