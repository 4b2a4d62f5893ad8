import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { KubernetesCluster } from '../../../entries/drivers/kubernetes/kubernetes-cluster.js';
import type { CustomKind } from '../../../entries/drivers/kubernetes/kubernetes-cluster.js';
import { Env } from '../../../platform/env/env.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { gatewayApiManifests } from '../exports/gateway-api.js';
import { istioManifests } from '../exports/istio.js';
import type { Manifest } from '../exports/istio.js';
import { MANAGED_BY } from '../exports/kubernetes-names.js';
import { RouteSets } from '../exports/route-sets.js';
import { differences } from './manifest-differences.js';

const [[LABEL, OURS]] = Object.entries(MANAGED_BY);
/** The kinds that may be there from us: what a mode makes none of any more is taken away. */
const KINDS: Readonly<Record<'istio' | 'gateway-api', Readonly<Record<string, Omit<CustomKind, 'namespace'>>>>> = {
  istio: {
    VirtualService: { group: 'networking.istio.io', version: 'v1', plural: 'virtualservices' },
    DestinationRule: { group: 'networking.istio.io', version: 'v1', plural: 'destinationrules' },
    ServiceEntry: { group: 'networking.istio.io', version: 'v1', plural: 'serviceentries' },
  },
  'gateway-api': { HTTPRoute: { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' } },
};
const TIMEOUT_MS = 30_000;

/** What one look at the cluster did. */
export interface Reconciliation {
  applied: number;
  removed: number;
  /** Objects of somebody else that bear the names: never touched. */
  foreign: string[];
}

/**
 * Keeps the routes and services in a cluster: server-side apply of what differs, and what bears our label and is no more
 * wanted is deleted. One replica at a time, on a timer, so that what is changed by hand is put back.
 */
@Injectable()
export class ClusterRegistration implements OnApplicationBootstrap {
  private readonly logger: Logger;

  constructor(
    private readonly sets: RouteSets,
    private readonly cluster: KubernetesCluster,
    private readonly env: Env,
    private readonly jobs: Jobs,
    logger: Logger,
  ) {
    this.logger = logger.child('mesh');
  }

  onApplicationBootstrap(): void {
    if (this.env.meshKubernetes === 'off') return;
    const period = this.env.meshKubernetesSeconds * 1000;
    this.jobs.every('mesh-kubernetes', period, async () => void (await this.reconcile()), { lock: true });
  }

  async reconcile(): Promise<Reconciliation | undefined> {
    const mode = this.env.meshKubernetes;
    const set = this.sets.current();
    // Before the routes are known there would be nothing that is wanted.
    if (mode === 'off' || set.version === 0) return undefined;
    const namespace = this.env.meshKubernetesNamespace;
    const gateway = this.env.meshKubernetesGateway;
    const { manifests } =
      mode === 'istio'
        ? istioManifests(set, { namespace, gateway, domain: this.env.meshKubernetesDomain })
        : gatewayApiManifests(set, { namespace, gateway: gateway ?? 'mesh', channel: 'standard' });
    const done: Reconciliation = { applied: 0, removed: 0, foreign: [] };
    for (const [kind, where] of Object.entries(KINDS[mode])) {
      const wanted = manifests.filter((one) => one.kind === kind);
      await this.settle({ ...where, namespace }, wanted, done);
    }
    if (done.applied + done.removed > 0)
      this.logger.info({ mode, namespace, ...done }, 'brought the cluster up to date');
    if (done.foreign.length > 0) this.logger.warn({ foreign: done.foreign }, 'objects of others in the cluster bear names of routes'); // prettier-ignore
    return done;
  }

  private async settle(kind: CustomKind, wanted: readonly Manifest[], done: Reconciliation): Promise<void> {
    const signal = (): AbortSignal => AbortSignal.timeout(TIMEOUT_MS);
    const there = await this.cluster.objects(kind, `${LABEL}=${OURS}`, signal());
    const { apply, remove, unknown } = differences(wanted, there);
    for (const one of unknown) {
      // Ours would be known by its label.
      if (await this.cluster.object(kind, one.metadata.name, signal()))
        done.foreign.push(`${one.kind}/${one.metadata.name}`);
      else apply.push(one);
    }
    for (const one of apply) {
      await this.cluster.apply(kind, one, signal());
      done.applied++;
    }
    for (const name of remove) {
      await this.cluster.remove(kind, name, signal());
      done.removed++;
    }
  }
}
