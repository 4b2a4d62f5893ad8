import { randomUUID } from 'node:crypto';
import type { Json } from '../api-client.js';

/** `deployments` or `statefulsets`. */
export type Plural = 'deployments' | 'statefulsets';

export const KINDS: Record<Plural, { kind: string; singular: string; short: string }> = {
  deployments: { kind: 'Deployment', singular: 'deployment', short: 'deploy' },
  statefulsets: { kind: 'StatefulSet', singular: 'statefulset', short: 'sts' },
};

/** What the API refuses, as its `Status` says it. */
export class StatusError extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }

  get status(): object {
    const { code, reason, message } = this;
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  }
}

type Listener = (event: { type: string; object: Json }, plural: Plural) => void;

/** The workloads of a cluster without nodes: its controllers follow every change after `settleMs`, or never. */
export class ClusterState {
  settleMs = 50;
  /** Changes stay undone. */
  stuck = false;
  private readonly objects = new Map<string, Json>();
  private readonly listeners = new Set<Listener>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private version = 1;

  add(plural: Plural, namespace: string, name: string, replicas = 1): void {
    const labels = { app: name };
    const object = {
      apiVersion: 'apps/v1',
      kind: KINDS[plural].kind,
      metadata: {
        name,
        namespace,
        uid: randomUUID(),
        generation: 1,
        creationTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
        labels,
      },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        ...(plural === 'statefulsets' && { serviceName: name, updateStrategy: { type: 'RollingUpdate' } }),
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'registry.local/main:1' }] } },
      },
      status: {},
    };
    this.store(plural, object, 'ADDED');
    this.settle(plural, namespace, name);
  }

  get(plural: Plural, namespace: string, name: string): Json {
    const found = this.objects.get(`${plural}/${namespace}/${name}`);
    if (!found) throw new StatusError(404, 'NotFound', `${plural}.apps "${name}" not found`);
    return found;
  }

  list(plural: Plural, namespace?: string): Json[] {
    const prefix = namespace === undefined ? `${plural}/` : `${plural}/${namespace}/`;
    return [...this.objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object);
  }

  /** Takes the object as it is to be; its status is the cluster's to write. */
  change(plural: Plural, before: Json, next: Json): Json {
    const { name, namespace, generation, resourceVersion, uid } = before.metadata;
    if (next.metadata.resourceVersion !== resourceVersion)
      throw new StatusError(
        409,
        'Conflict',
        `Operation cannot be fulfilled on ${plural}.apps "${name}": it has changed`,
      );
    const replicas: unknown = next.spec?.replicas;
    if (!Number.isInteger(replicas) || (replicas as number) < 0)
      throw new StatusError(422, 'Invalid', `${plural}.apps "${name}" is invalid: spec.replicas: Invalid value`);
    const changed = JSON.stringify(before.spec) !== JSON.stringify(next.spec);
    const metadata = { ...next.metadata, name, namespace, uid, generation: generation + (changed ? 1 : 0) };
    const object = this.store(plural, { ...next, metadata, status: before.status }, 'MODIFIED');
    if (changed) this.settle(plural, namespace as string, name as string);
    return object;
  }

  get now(): string {
    return String(this.version);
  }

  /** Answers how to stop. */
  follow(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private settle(plural: Plural, namespace: string, name: string): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (this.stuck) return;
      const object = this.get(plural, namespace, name);
      const n = object.spec.replicas as number;
      const revision = String(
        object.spec.template.metadata.annotations?.['kubectl.kubernetes.io/restartedAt'] ?? 'first',
      );
      const status = {
        observedGeneration: object.metadata.generation,
        replicas: n,
        updatedReplicas: n,
        readyReplicas: n,
        availableReplicas: n,
        ...(plural === 'statefulsets' && { currentRevision: revision, updateRevision: revision }),
      };
      this.store(plural, { ...object, status }, 'MODIFIED');
    }, this.settleMs);
    this.timers.add(timer);
  }

  private store(plural: Plural, object: Json, type: string): Json {
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.version) } };
    this.objects.set(`${plural}/${object.metadata.namespace}/${object.metadata.name}`, stored);
    for (const listener of this.listeners) listener({ type, object: stored }, plural);
    return stored;
  }
}
