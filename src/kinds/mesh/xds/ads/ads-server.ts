import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { Env } from '../../../../platform/env/env.js';
import { ForbiddenError, UnauthenticatedError } from '../../../../platform/errors/registry-error.js';
import { CREDENTIAL_VERIFIER } from '../../../../platform/http/credential-verifier.js';
import type { CredentialVerifier } from '../../../../platform/http/credential-verifier.js';
import type { Principal } from '../../../../platform/http/request-context.js';
import { ShutdownState } from '../../../../platform/http/shutdown-state.js';
import { Jobs } from '../../../../platform/jobs/jobs.js';
import { Logger } from '../../../../platform/logging/logger.js';
import { MeshClients } from '../clients/mesh-clients.js';
import { XdsCatalog } from '../xds-catalog.js';
import { XdsCodec } from '../xds-codec.js';
import type { DiscoveryRequest } from '../xds-codec.js';
import { AdsStream, NO_REQUEST } from './ads-stream.js';
import type { AdsCall } from './ads-stream.js';

const PATH = '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources';
const PERMISSION = 'read:mesh_route';
const MOST_MESSAGE = 1024 ** 2;
const STREAMS_PER_CONNECTION = 100;
const KEEP_ALIVE_MS = 30_000;
const BEAT_MS = 20_000;
/** Who comes in without a key sees what everybody may see. */
const NOBODY: Principal = { id: 'xds', type: 'system', name: 'xds', permissions: [PERMISSION] };

/**
 * Envoy's Aggregated Discovery Service over gRPC, in the state-of-the-world variant: routes, clusters and endpoints as they
 * change, to Envoys and to gRPC clients without proxies. On a port of its own, off unless XDS_PORT is set.
 */
@Injectable()
export class AdsServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly streams = new Set<AdsStream>();
  private readonly logger: Logger;
  private server: Server | undefined;
  private codec: XdsCodec | undefined;
  private stops: (() => void)[] = [];
  /** On which it listens; undefined while it is off. */
  port: number | undefined;

  constructor(
    private readonly catalog: XdsCatalog,
    private readonly clients: MeshClients,
    @Inject(CREDENTIAL_VERIFIER) private readonly credentials: CredentialVerifier,
    private readonly env: Env,
    private readonly jobs: Jobs,
    private readonly shutdown: ShutdownState,
    logger: Logger,
  ) {
    this.logger = logger.child('xds');
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.env.xdsPort === undefined || this.env.role === 'worker') return;
    this.codec = new XdsCodec();
    this.server = this.created(this.codec);
    this.port = await this.listen(this.server, this.env.xdsPort);
    this.stops = [
      this.catalog.onChange(() => this.each((stream) => stream.changed())),
      this.credentials.onChange(() => void this.review()),
    ];
    this.jobs.every('xds-streams', BEAT_MS, () => this.each((stream) => stream.beat()));
    this.shutdown.onDrain(() => this.close());
    this.logger.info(
      { host: this.env.xdsHost, port: this.port, auth: this.env.xdsAuth },
      'proxies get their routes here',
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.close();
  }

  private created(codec: XdsCodec): Server {
    const server = new Server({
      'grpc.max_receive_message_length': MOST_MESSAGE,
      'grpc.max_concurrent_streams': STREAMS_PER_CONNECTION,
      'grpc.keepalive_time_ms': KEEP_ALIVE_MS,
    });
    const method = {
      path: PATH,
      requestStream: true,
      responseStream: true,
      requestDeserialize: (bytes: Buffer) => decoded(codec, bytes),
      requestSerialize: (): Buffer => Buffer.alloc(0),
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    };
    server.addService({ StreamAggregatedResources: method }, { StreamAggregatedResources: (call: AdsCall) => this.open(call) }); // prettier-ignore
    return server;
  }

  private listen(server: Server, port: number): Promise<number> {
    const host = this.env.xdsHost.includes(':') ? `[${this.env.xdsHost}]` : this.env.xdsHost;
    return new Promise((resolve, reject) => {
      server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
  }

  private open(call: AdsCall): void {
    const { catalog, clients } = this;
    const admit = (asked: AdsCall, node: DiscoveryRequest['node']): Promise<Principal> => this.admit(asked, node);
    const stream = new AdsStream(call, { catalog, clients, codec: this.codec!, admit });
    if (this.shutdown.draining) stream.end(status.UNAVAILABLE, 'This process is stopping.');
    else if (this.streams.size >= this.env.xdsMaxStreams)
      stream.end(status.RESOURCE_EXHAUSTED, `There are ${this.env.xdsMaxStreams} streams already.`);
    else {
      this.streams.add(stream);
      stream.onEnd = () => this.streams.delete(stream);
    }
  }

  /** By a key in the call's metadata; of clients that cannot send any there, in their node's. */
  private async admit(call: AdsCall, node: DiscoveryRequest['node']): Promise<Principal> {
    if (this.env.xdsAuth === 'none') return NOBODY;
    const credential = credentialOf(call, node);
    if (credential === undefined) throw new UnauthenticatedError();
    const principal = await this.credentials.admit(credential, addressOf(call.getPeer()));
    if (!this.credentials.allows(principal, PERMISSION))
      throw new ForbiddenError(`The permission ${PERMISSION} is missing.`);
    return principal;
  }

  /** A key was revoked, or may be: who had it goes. */
  private async review(): Promise<void> {
    for (const stream of this.streams) {
      const { principal } = stream;
      if (!principal || principal === NOBODY) continue;
      const holds = await this.credentials.holds(principal.id, PERMISSION).catch(() => true);
      if (!holds) stream.end(status.UNAUTHENTICATED, 'The key does not hold any more.');
    }
  }

  private each(work: (stream: AdsStream) => void): void {
    for (const stream of this.streams) work(stream);
  }

  private async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    for (const stop of this.stops) stop();
    this.each((stream) => stream.end(status.UNAVAILABLE, 'This process is stopping.'));
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => server.forceShutdown(), 1000);
      server.tryShutdown(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }
}

function decoded(codec: XdsCodec, bytes: Buffer): DiscoveryRequest {
  try {
    return codec.decodeRequest(bytes);
  } catch {
    // Told by its stream, in words.
    return NO_REQUEST;
  }
}

function credentialOf(call: AdsCall, node: DiscoveryRequest['node']): string | undefined {
  const [key] = call.metadata.get('x-api-key');
  const [bearer] = call.metadata.get('authorization');
  const own = node?.metadata['x-api-key'];
  if (typeof key === 'string') return key;
  if (typeof bearer === 'string') return bearer.replace(/^Bearer\s+/i, '');
  return typeof own === 'string' ? own : undefined;
}

/** `127.0.0.1:1234`, `[::1]:1234`. */
const addressOf = (peer: string): string => peer.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
