import { Injectable } from '@nestjs/common';
import type { V1Node } from '@kubernetes/client-node';
import { ClusterError } from '../../../entries/drivers/kubernetes/cluster-error.js';
import { KubernetesCluster } from '../../../entries/drivers/kubernetes/kubernetes-cluster.js';
import { ImpossibleError } from '../../../platform/errors/registry-error.js';
import { MOST_FOUND, PATIENCE_MS } from './found-node.js';
import type { FoundNode } from './found-node.js';

const REGION = 'topology.kubernetes.io/region';
const ZONE = 'topology.kubernetes.io/zone';
const KUBELET_PORT = 10_250;
/** Which of a machine's addresses others reach it by, the best one first. */
const ADDRESSES = ['InternalIP', 'ExternalIP', 'InternalDNS', 'Hostname'];

/** The machines of the cluster. */
@Injectable()
export class KubernetesNodes {
  constructor(private readonly cluster: KubernetesCluster) {}

  /** @throws ImpossibleError `grid.source_failed` */
  async find(selector: string | undefined, port: number | undefined): Promise<FoundNode[]> {
    try {
      const nodes = await this.cluster.nodes(selector, MOST_FOUND, PATIENCE_MS);
      return nodes.flatMap((node) => foundOf(node, port) ?? []);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      throw new ImpossibleError('grid.source_failed', error.message, [{ field: 'source', message: error.message }]);
    }
  }
}

/** Undefined of a machine that has no address yet. */
function foundOf({ metadata, spec, status }: V1Node, port: number | undefined): FoundNode | undefined {
  const addresses = new Map((status?.addresses ?? []).map(({ type, address }) => [type, address]));
  const host = ADDRESSES.map((type) => addresses.get(type)).find(Boolean);
  const { name, labels = {} } = metadata ?? {};
  if (!host || !name) return undefined;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  const unready = spec?.unschedulable ? 'The machine is cordoned.' : ready ? undefined : 'The machine is not ready.';
  return {
    name,
    host,
    port: port ?? status?.daemonEndpoints?.kubeletEndpoint?.Port ?? KUBELET_PORT,
    labels,
    ...(labels[REGION] && { region: labels[REGION] }),
    ...(labels[ZONE] && { zone: labels[ZONE] }),
    ...(unready && { unready }),
  };
}
