import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Principal } from '../../../../platform/http/request-context.js';
import { runInRequest } from '../../../../platform/http/request-context.js';
import type { MeshClients } from '../clients/mesh-clients.js';
import { TYPE_URLS, XDS_KINDS, discovered } from '../xds-catalog.js';
import type { XdsCatalog, XdsKind } from '../xds-catalog.js';
import type { XdsResources } from '../envoy-resources.js';
import type { DiscoveryRequest, XdsCodec } from '../xds-codec.js';
import { AdsSubscription } from './ads-subscription.js';
import { LeavingClusters } from './leaving-clusters.js';

export type AdsCall = ServerDuplexStream<DiscoveryRequest, Buffer>;
type Node = NonNullable<DiscoveryRequest['node']>;

interface Parts {
  catalog: XdsCatalog;
  clients: MeshClients;
  codec: XdsCodec;
  /** Whose routes it gets; undefined where no key is asked for, who sees what everybody may see. @throws who may not come in */
  admit: (call: AdsCall, node: Node | undefined) => Promise<Principal>;
}

const KINDS = new Map<string, XdsKind>(XDS_KINDS.map((kind) => [TYPE_URLS[kind], kind]));
const MOST_NAMES = 10_000;
/** A burst of changes is told once. */
const SOON_MS = 20;
/** What could not be read: a stream of objects knows no other way to tell. */
export const NO_REQUEST: DiscoveryRequest = { version_info: '', node: undefined, resource_names: [], type_url: '', response_nonce: '', error_detail: undefined }; // prettier-ignore
const NO_NODE: Node = { id: '', cluster: '', user_agent_name: '', user_agent_version: '', metadata: {} };

/** One proxy's stream: answers what is asked, and tells what changes. Holds what was sent as versions only. */
export class AdsStream {
  private readonly subscriptions = new Map<XdsKind, AdsSubscription>();
  private node = NO_NODE;
  private caller: Principal | undefined;
  private admitted: Promise<void> | undefined;
  private turn: Promise<void> = Promise.resolve();
  private soon: NodeJS.Timeout | undefined;
  private ended = false;
  private readonly clusters = new LeavingClusters(() => this.changed());

  constructor(
    private readonly call: AdsCall,
    private readonly parts: Parts,
  ) {
    call.on('data', (request: DiscoveryRequest) => this.take(request));
    call.on('end', () => this.end());
    call.on('error', () => this.end());
    call.on('cancelled', () => this.end());
  }

  get principal(): Principal | undefined {
    return this.caller;
  }

  onEnd: () => void = () => undefined;

  /** Something may have changed: looked at soon, one time for many. */
  changed(): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.inTurn(() => this.push());
    }, SOON_MS).unref();
  }

  /** Notes that it is still there; of a token the time may be over. */
  beat(): void {
    if (this.caller?.expiresAt && this.caller.expiresAt.getTime() < Date.now())
      this.end(status.UNAUTHENTICATED, 'The token has expired.');
    for (const { kind } of this.subscriptions.values()) this.note(kind, {});
  }

  end(code?: status, details?: string): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.soon);
    this.clusters.stop();
    this.onEnd();
    if (code === undefined) this.call.end();
    else this.call.emit('error', { code, details });
  }

  private take(request: DiscoveryRequest): void {
    const kind = KINDS.get(request.type_url);
    if (request === NO_REQUEST || request.resource_names.length > MOST_NAMES) {
      this.end(status.INVALID_ARGUMENT, request === NO_REQUEST ? 'This is no DiscoveryRequest.' : `At most ${MOST_NAMES} names can be asked for.`); // prettier-ignore
      return;
    }
    // The first request says who it is; later ones need not.
    if (request.node && this.node === NO_NODE) this.node = { ...request.node, metadata: {} };
    this.admitted ??= this.admit(request.node);
    this.inTurn(async () => {
      await this.admitted;
      // What is of no type here is never answered: a client waits for it no longer than it wants to.
      if (kind && !this.ended) await this.answer(kind, request);
    });
  }

  private async admit(node: Node | undefined): Promise<void> {
    try {
      this.caller = await this.parts.admit(this.call, node);
    } catch (error) {
      const { status: http, message } = error as { status?: number; message: string };
      const code = http === 403 ? status.PERMISSION_DENIED : http === 429 ? status.RESOURCE_EXHAUSTED : http === 401 ? status.UNAUTHENTICATED : status.UNAVAILABLE; // prettier-ignore
      this.end(code, code === status.UNAVAILABLE ? 'Come again later.' : message);
    }
  }

  private async answer(kind: XdsKind, request: DiscoveryRequest): Promise<void> {
    let subscription = this.subscriptions.get(kind);
    if (!subscription) this.subscriptions.set(kind, (subscription = new AdsSubscription(kind)));
    const heard = subscription.hear(request);
    if (heard === 'ack') this.note(kind, { applied_version: subscription.version });
    if (heard === 'nack') {
      this.note(kind, { rejected_version: subscription.version, error: request.error_detail!.message });
      return;
    }
    if (heard === 'names' || heard === 'first') await this.send(subscription, true);
    // Of a gRPC client's listeners depends what else there is for it.
    if (heard === 'names' && kind === 'listeners') await this.push();
  }

  private async push(): Promise<void> {
    for (const kind of XDS_KINDS) {
      const subscription = this.subscriptions.get(kind);
      if (subscription && !this.ended) await this.send(subscription, false);
    }
  }

  /** `asked`: there is a question to answer, also with what was sent before. */
  private async send(subscription: AdsSubscription, asked: boolean): Promise<void> {
    const { kind, names } = subscription;
    const all = this.resources()[kind];
    const { version, resources } = discovered(kind === 'clusters' ? this.clusters.with(all) : all, names);
    if (!asked && version === subscription.version) return;
    const whole = kind === 'listeners' || kind === 'clusters';
    // That routes or endpoints are missing says nothing; that listeners or clusters are, says that they are gone.
    if (resources.length === 0 && !whole) return;
    const nonce = subscription.sent(version);
    const encoded = resources.map((one) => this.parts.codec.encode(one));
    const bytes = this.parts.codec.encodeAnswer({ version_info: version, type_url: TYPE_URLS[kind], nonce, resources: encoded }); // prettier-ignore
    this.note(kind, { served_version: version });
    // Whoever reads slowly is told of the last change only.
    if (!this.call.write(bytes)) await this.drained();
  }

  private drained(): Promise<void> {
    return new Promise((resolve) => {
      this.call.once('drain', resolve);
      for (const event of ['cancelled', 'close', 'error']) this.call.once(event, () => resolve());
    });
  }

  private resources(): XdsResources {
    const grpc = this.node.user_agent_name.toLowerCase().startsWith('grpc');
    return this.asCaller(() => {
      if (!grpc) return this.parts.catalog.forEnvoy('ads');
      const asked = [...(this.subscriptions.get('listeners')?.names ?? []), ...(this.subscriptions.get('routes')?.names ?? [])]; // prettier-ignore
      return this.parts.catalog.forGrpc(new Set(asked));
    });
  }

  private note(
    kind: XdsKind,
    what: { served_version?: string; applied_version?: string; rejected_version?: string; error?: string },
  ): void {
    // prettier-ignore
    const { id, cluster, user_agent_name, locality } = this.node;
    const zone = locality?.zone;
    this.parts.clients.note(
      {
        node_id: id,
        type: kind,
        protocol: 'ads',
        cluster,
        user_agent: user_agent_name,
        zone: zone ? zone : null,
        ...what,
      },
      this.caller?.id ?? '',
    );
  }

  private asCaller<T>(work: () => T): T {
    return runInRequest({ requestId: randomUUID(), principal: this.caller }, work);
  }

  /** One at a time, so that what is sent is what was decided last. */
  private inTurn(work: () => Promise<void>): void {
    this.turn = this.turn.then(async () => {
      try {
        if (!this.ended) await work();
      } catch {
        this.end(status.INTERNAL, 'The routes could not be told.');
      }
    });
  }
}
