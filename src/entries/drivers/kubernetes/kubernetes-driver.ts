import { Injectable } from '@nestjs/common';
import { Env } from '../../../platform/env/env.js';
import type { EntryRow } from '../../entry-response.js';
import { driverOf } from '../driver.js';
import type { Driver, DriverAnswer, DriverCall } from '../driver.js';
import { ClusterError } from './cluster-error.js';
import { KubernetesCluster } from './kubernetes-cluster.js';
import type { Target } from './kubernetes-cluster.js';
import { rolloutOf } from './rollout.js';
import type { Workload } from './rollout.js';

/** What it had before it was stopped. */
const FORMER = 'registry.nexuspro.io/former-replicas';
/** What `kubectl rollout restart` sets. */
const RESTARTED = 'kubectl.kubernetes.io/restartedAt';
const READ_AGAIN = 2;

/** Acts on a Deployment or StatefulSet, and reads back until the cluster has followed. */
@Injectable()
export class KubernetesDriver implements Driver {
  constructor(
    private readonly cluster: KubernetesCluster,
    private readonly env: Env,
  ) {}

  async act(call: DriverCall): Promise<DriverAnswer> {
    try {
      return await this.drive(call);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      return { state: error.passing ? 'unknown' : 'failed', message: error.message };
    }
  }

  private async drive(call: DriverCall): Promise<DriverAnswer> {
    const { operation, signal } = call;
    const target = await this.targetOf(call.row);
    let workload = await this.cluster.read(target, signal);
    const named = `${target.workload} ${target.namespace}/${target.name}`;
    if (operation.verb === 'install') return { state: 'succeeded', message: `The ${named} exists.` };
    // What the registry did not make it does not remove either.
    if (operation.verb === 'uninstall') return { state: 'succeeded', message: `The ${named} stays as it is.` };
    if (operation.state === 'pending') {
      if (!(await this.change(call, target, workload)))
        return { state: 'failed', message: `A ${target.workload} knows no ${operation.verb}.` };
      workload = await this.cluster.read(target, signal);
    }
    const { state, message } = rolloutOf(target.workload, workload);
    if (state === 'waiting') return { state: 'running', message, again: READ_AGAIN };
    return { state: state === 'done' ? 'succeeded' : 'failed', message };
  }

  /** False when there is nothing of that name to be done. The same once more changes nothing. */
  private async change({ operation, row, signal }: DriverCall, target: Target, workload: Workload): Promise<boolean> {
    const replicas = workload.spec?.replicas ?? 1;
    const to = async (wanted: number): Promise<void> => {
      if (wanted !== replicas) await this.cluster.scale(target, wanted, signal);
    };
    switch (operation.verb) {
      case 'start':
        await to(unitsOf(row, workload));
        return true;
      case 'scale':
        await to(operation.capacity ?? replicas);
        return true;
      case 'stop':
        if (replicas > 0)
          await this.cluster.patch(target, { metadata: { annotations: { [FORMER]: String(replicas) } } }, signal);
        await to(0);
        return true;
      case 'restart':
        await this.cluster.patch(target, restartOf(operation.created_at), signal);
        if (replicas === 0) await to(unitsOf(row, workload));
        return true;
      default:
        return false;
    }
  }

  private async targetOf(row: EntryRow): Promise<Target> {
    const { workload, workload_name: name, namespace: given } = driverOf(row);
    const namespace = given ?? (await this.cluster.namespace());
    const allowed = this.env.kubernetesNamespaces;
    if (allowed.length > 0 && !allowed.includes(namespace))
      throw new ClusterError(`Drivers may not act in the namespace ${namespace}.`, false);
    return { workload: workload ?? 'deployment', namespace, name: name ?? row.name };
  }
}

/** The same for every attempt of an operation, so that pods are replaced once. */
const restartOf = (at: Date): object => ({
  spec: { template: { metadata: { annotations: { [RESTARTED]: at.toISOString() } } } },
});

/** How many units are to run: what the entry says, else what ran before it was stopped, else one. */
function unitsOf({ spec }: EntryRow, { metadata }: Workload): number {
  const { current } = (spec.capacity ?? {}) as { current?: number | null };
  return Math.max(1, current ?? (Number(metadata?.annotations?.[FORMER]) || 1));
}
