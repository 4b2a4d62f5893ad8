import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../api-client.js';
import { ClusterState, KINDS, StatusError } from './cluster-state.js';
import type { Plural } from './cluster-state.js';
import { CustomObjects } from './custom-objects.js';
import { DISCOVERY } from './discovery.js';
import { patched } from './patches.js';

const ROUTE = /^\/apis\/apps\/v1(?:\/namespaces\/([^/]+))?\/(deployments|statefulsets)(?:\/([^/]+)(\/scale)?)?$/;

/** What a request is about. */
interface Aim {
  plural: Plural;
  namespace?: string;
  name?: string;
  scale: boolean;
}

/** As much of Kubernetes' API as Deployments and StatefulSets need: real clients, kubectl among them, work with it. */
export class KubernetesServer {
  readonly cluster = new ClusterState();
  readonly custom = new CustomObjects();
  /** Namespaces that nobody may touch. */
  readonly forbidden = new Set<string>();
  /** The machines there are, as `nodes` shows them. */
  machines: Json[] = [];
  /** Every request, as `PATCH /apis/…`. */
  readonly requests: string[] = [];
  /** How many requests are still to be answered 503. */
  failures = 0;
  url = '';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<KubernetesServer> {
    const server = createServer();
    const api = new KubernetesServer(server);
    server.on('request', (request, response) => void api.answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return api;
  }

  /** What a client finds it by. */
  get kubeconfig(): string {
    const context = { cluster: 'test', user: 'test', namespace: 'shop' };
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server: this.url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'test', user: {} }],
      contexts: [{ name: 'test', context }],
      'current-context': 'test',
    });
  }

  async close(): Promise<void> {
    this.cluster.stop();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, this.url);
    this.requests.push(`${request.method} ${pathname}`);
    try {
      if (this.failures-- > 0) throw new StatusError(503, 'ServiceUnavailable', 'the server is starting');
      if (DISCOVERY[pathname]) return send(response, 200, DISCOVERY[pathname]);
      if (pathname === '/api/v1/nodes') return this.nodes(searchParams, response);
      const custom = await this.customAnswer(request);
      if (custom !== undefined) return send(response, 200, custom);
      const aim = aimOf(pathname);
      if (aim.namespace !== undefined && this.forbidden.has(aim.namespace))
        throw new StatusError(403, 'Forbidden', `${aim.plural}.apps is forbidden in the namespace "${aim.namespace}"`);
      if (aim.name === undefined) return this.collection(aim, searchParams, response);
      return send(response, 200, await this.object(aim, request));
    } catch (error) {
      const known = error instanceof StatusError ? error : new StatusError(500, 'InternalError', String(error));
      send(response, known.code, known.status);
    }
  }

  /** By pages, and by labels that are there or have a value. */
  private nodes(query: URLSearchParams, response: ServerResponse): void {
    const wanted = (query.get('labelSelector') ?? '').split(',').filter(Boolean);
    const labelled = this.machines.filter(({ metadata }) =>
      wanted.every((one) => {
        const [label, value] = one.split('=');
        return value === undefined ? label in metadata.labels : metadata.labels[label] === value;
      }),
    );
    const [from, most] = [Number(query.get('continue') ?? 0), Number(query.get('limit') ?? labelled.length)];
    const more = from + most < labelled.length ? { continue: String(from + most) } : {};
    const metadata = { resourceVersion: this.cluster.now, ...more };
    send(response, 200, { kind: 'NodeList', apiVersion: 'v1', metadata, items: labelled.slice(from, from + most) });
  }

  private async customAnswer(request: IncomingMessage): Promise<Json> {
    const url = new URL(request.url!, this.url);
    if (url.pathname.startsWith('/apis/apps/')) return undefined;
    const type = request.headers['content-type']?.split(';')[0] ?? '';
    return this.custom.answer(request.method!, url, type, await textOf(request));
  }

  private async object({ plural, namespace, name, scale }: Aim, request: IncomingMessage): Promise<Json> {
    const { method, headers } = request;
    const object = this.cluster.get(plural, namespace!, name!);
    const seen: Json = scale ? scaleOf(object) : object;
    if (method === 'GET') return seen;
    if (method !== 'PATCH' && method !== 'PUT') throw new StatusError(405, 'MethodNotAllowed', 'not here');
    const body = JSON.parse(await textOf(request));
    const next: Json = method === 'PUT' ? body : patched(seen, body, headers['content-type']?.split(';')[0] ?? '');
    if (next === undefined) throw new StatusError(415, 'UnsupportedMediaType', 'no such patch');
    next.metadata.resourceVersion ??= object.metadata.resourceVersion;
    if (!scale) return this.cluster.change(plural, object, next);
    const metadata = { ...object.metadata, resourceVersion: next.metadata.resourceVersion };
    const spec = { ...object.spec, replicas: next.spec?.replicas };
    return scaleOf(this.cluster.change(plural, object, { ...object, metadata, spec }));
  }

  private collection({ plural, namespace }: Aim, query: URLSearchParams, response: ServerResponse): void {
    const wanted = /metadata\.name=([^,]+)/.exec(query.get('fieldSelector') ?? '')?.[1];
    const matches = ({ metadata }: Json): boolean =>
      (wanted === undefined || metadata.name === wanted) &&
      (namespace === undefined || metadata.namespace === namespace);
    if (query.get('watch') === 'true' || query.get('watch') === '1')
      return this.watch(plural, query, matches, response);
    const items = this.cluster.list(plural, namespace).filter(matches);
    const metadata = { resourceVersion: this.cluster.now };
    send(response, 200, { kind: `${KINDS[plural].kind}List`, apiVersion: 'apps/v1', metadata, items });
  }

  private watch(
    plural: Plural,
    query: URLSearchParams,
    matches: (object: Json) => boolean,
    response: ServerResponse,
  ): void {
    if (query.get('sendInitialEvents')) throw new StatusError(422, 'Invalid', 'sendInitialEvents is not known here');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const stop = this.cluster.follow((event, of) => {
      if (of === plural && matches(event.object)) response.write(`${JSON.stringify(event)}\n`);
    });
    response.on('close', stop);
  }
}

function aimOf(pathname: string): Aim {
  const [found, namespace, plural, name, scale] = ROUTE.exec(pathname) ?? [];
  if (!found) throw new StatusError(404, 'NotFound', 'the server could not find the requested resource');
  return { plural: plural as Plural, namespace, name, scale: scale !== undefined };
}

function scaleOf({ metadata, spec, status }: Json): Json {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec.replicas },
    status: { replicas: status.replicas ?? 0, selector: `app=${name}` },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
