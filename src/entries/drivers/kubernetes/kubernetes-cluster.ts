import { existsSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import type { AppsV1Api, CoreV1Api, CustomObjectsApi, V1Node } from '@kubernetes/client-node';
import { Env } from '../../../platform/env/env.js';
import { ClusterError, clusterErrorOf } from './cluster-error.js';
import type { Workload } from './rollout.js';

type Client = typeof import('@kubernetes/client-node');

/** A Deployment or StatefulSet by name. */
export interface Target {
  workload: 'deployment' | 'statefulset';
  namespace: string;
  name: string;
}

/** Objects of one kind that some extension of the cluster knows, in a namespace. */
export interface CustomKind {
  group: string;
  version: string;
  plural: string;
  namespace: string;
}

/** Such an object, as far as everything has it. */
export interface CustomObject {
  metadata: { name: string; labels?: Record<string, string> };
  spec?: unknown;
}

interface Connection {
  client: Client;
  api: AppsV1Api;
  core: CoreV1Api;
  objects: CustomObjectsApi;
  namespace: string;
}

const IN_POD = '/var/run/secrets/kubernetes.io/serviceaccount';
const OURS = 'universal-registry';

const NODES_A_PAGE = 500;

/** The cluster's API, as far as drivers and discovery need it. Everything throws {@link ClusterError}. */
@Injectable()
export class KubernetesCluster {
  private connection: Promise<Connection> | undefined;

  constructor(private readonly env: Env) {}

  /** Where a workload is looked for that names no namespace. */
  async namespace(): Promise<string> {
    return (await this.connect()).namespace;
  }

  read({ workload, ...named }: Target, signal: AbortSignal): Promise<Workload> {
    return this.ask(signal, (api, options) =>
      workload === 'deployment'
        ? api.readNamespacedDeployment(named, options)
        : api.readNamespacedStatefulSet(named, options),
    );
  }

  /** Another number of replicas, by the scale subresource. */
  async scale({ workload, ...named }: Target, replicas: number, signal: AbortSignal): Promise<void> {
    const change = { ...named, body: { spec: { replicas } }, fieldManager: OURS };
    await this.ask(signal, (api, options) =>
      workload === 'deployment'
        ? api.patchNamespacedDeploymentScale(change, options)
        : api.patchNamespacedStatefulSetScale(change, options),
    );
  }

  /** A JSON merge patch (RFC 7396). */
  async patch({ workload, ...named }: Target, body: object, signal: AbortSignal): Promise<void> {
    const change = { ...named, body, fieldManager: OURS };
    await this.ask<unknown>(signal, (api, options) =>
      workload === 'deployment'
        ? api.patchNamespacedDeployment(change, options)
        : api.patchNamespacedStatefulSet(change, options),
    );
  }

  /** The machines of the cluster, those a label selector matches; at most `most`, and waited for so long. */
  nodes(labelSelector: string | undefined, most: number, patienceMs: number): Promise<V1Node[]> {
    const signal = AbortSignal.timeout(patienceMs);
    return this.called(async ({ client, core }) => {
      const found: V1Node[] = [];
      for (let next: string | undefined = ''; next !== undefined && found.length < most;) {
        const asked = {
          labelSelector,
          limit: Math.min(NODES_A_PAGE, most - found.length),
          ...(next && { _continue: next }),
        };
        const { items, metadata } = await core.listNode(asked, optionsOf(client, signal));
        found.push(...items);
        const { _continue: more } = metadata ?? {};
        next = more || undefined;
      }
      return found;
    });
  }

  /** Those with a label, `name=value`. */
  async objects(kind: CustomKind, labelSelector: string, signal: AbortSignal): Promise<CustomObject[]> {
    const list = (await this.askCustom(signal, (api, options) =>
      api.listNamespacedCustomObject({ ...kind, labelSelector }, options),
    )) as { items?: CustomObject[] };
    return list.items ?? [];
  }

  /** Undefined when there is none of this name. */
  async object(kind: CustomKind, name: string, signal: AbortSignal): Promise<CustomObject | undefined> {
    try {
      return (await this.askCustom(signal, (api, options) =>
        api.getNamespacedCustomObject({ ...kind, name }, options),
      )) as CustomObject;
    } catch (error) {
      if (error instanceof ClusterError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Server-side apply: makes it, or brings what we say of it up to date. What others say of it too becomes ours. */
  async apply(kind: CustomKind, object: CustomObject, signal: AbortSignal): Promise<void> {
    const change = { ...kind, name: object.metadata.name, body: object, fieldManager: OURS, force: true };
    await this.askCustom(signal, (api, options) => api.patchNamespacedCustomObject(change, options), 'apply');
  }

  async remove(kind: CustomKind, name: string, signal: AbortSignal): Promise<void> {
    await this.askCustom(signal, (api, options) => api.deleteNamespacedCustomObject({ ...kind, name }, options));
  }

  private ask<T>(signal: AbortSignal, call: (api: AppsV1Api, options: Options) => Promise<T>): Promise<T> {
    return this.called(({ client, api }) => call(api, optionsOf(client, signal)));
  }

  private askCustom(
    signal: AbortSignal,
    call: (api: CustomObjectsApi, options: Options) => Promise<unknown>,
    patch: 'merge' | 'apply' = 'merge',
  ): Promise<unknown> {
    return this.called(({ client, objects }) => call(objects, optionsOf(client, signal, patch)));
  }

  private async called<T>(call: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.connect();
    try {
      return await call(connection);
    } catch (error) {
      throw clusterErrorOf(error);
    }
  }

  private connect(): Promise<Connection> {
    this.connection ??= this.connected().catch((error: unknown) => {
      this.connection = undefined;
      throw error;
    });
    return this.connection;
  }

  /** Its library holds a class for every resource there is: loaded by the first who needs it, not at start. */
  private async connected(): Promise<Connection> {
    const { kubeconfig } = this.env;
    if (!kubeconfig && !existsSync(`${IN_POD}/token`))
      throw new ClusterError('There is no cluster: KUBECONFIG names none, and this process runs in no pod.', false);
    const client = await import('@kubernetes/client-node');
    const config = new client.KubeConfig();
    try {
      if (kubeconfig) config.loadFromFile(kubeconfig);
      else config.loadFromCluster();
      const namespace = config.getContextObject(config.getCurrentContext())?.namespace ?? 'default';
      return {
        client,
        api: config.makeApiClient(client.AppsV1Api),
        core: config.makeApiClient(client.CoreV1Api),
        objects: config.makeApiClient(client.CustomObjectsApi),
        namespace,
      };
    } catch (error) {
      // Of a file its code, which names no path.
      const { code, message } = error as NodeJS.ErrnoException;
      throw new ClusterError(`The cluster's settings cannot be used: ${code ?? message}`, false);
    }
  }
}

type Options = Parameters<AppsV1Api['readNamespacedDeployment']>[1];

/** Patches of one sort (reads do not mind), and a way to give the call up. */
function optionsOf(client: Client, signal: AbortSignal, patch: 'merge' | 'apply' = 'merge'): Options {
  const { MergePatch, ServerSideApply } = client.PatchStrategy;
  const header = client.setHeaderMiddleware('Content-Type', patch === 'apply' ? ServerSideApply : MergePatch);
  return {
    middleware: [
      {
        pre: (request) => {
          request.setSignal(signal);
          return header.pre(request);
        },
        post: (response) => header.post(response),
      },
    ],
    middlewareMergeStrategy: 'append',
  };
}
