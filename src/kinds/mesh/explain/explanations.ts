import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InvalidError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { Breakers } from '../breaker/breakers.js';
import type { Admission, Standing } from '../breaker/breakers.js';
import { meshRouteKind } from '../mesh-route.kind.js';
import { rewrittenPath } from '../proxy/proxy-path.js';
import { MeshFeed } from '../snapshot/mesh-feed.js';
import { MeshSnapshot } from '../snapshot/mesh-snapshot.js';
import type { Considered } from '../snapshot/mesh-snapshot.js';
import { RouteCounts } from '../stats/route-counts.js';
import type { CompiledRoute } from '../table/compiled-route.js';
import { hostName } from '../table/mesh-request.js';
import type { MeshRequest } from '../table/mesh-request.js';
import { cookieValue } from '../table/split-plan.js';
import type { MeshBreakerVerdict, MeshExplainRequest, MeshExplanation, MeshReport, MeshReported, MeshResolution, MeshSampleRequest, MeshTarget } from './explain.dto.js'; // prettier-ignore
import { Verdicts } from './verdicts.js';
import type { Verdict } from './verdicts.js';

const PROXIED: readonly string[] = ['http', 'websocket'];
const STATUS = { sent: null, no_route: 404, not_proxied: 422, rate_limited: 429, no_destination: 503, circuit_open: 503 } as const; // prettier-ignore

/** Says what becomes of requests, and takes word of those that went past the proxy. */
@Injectable()
export class Explanations {
  constructor(
    private readonly snapshot: MeshSnapshot,
    private readonly feed: MeshFeed,
    private readonly verdicts: Verdicts,
    private readonly breakers: Breakers,
    private readonly counts: RouteCounts,
  ) {}

  /** Nothing is sent, taken or counted. @throws NotFoundError when the named route is not there */
  async explain(body: MeshExplainRequest, address: string): Promise<MeshExplanation> {
    await this.feed.settled();
    const request = requestOf(body, address);
    const considered = body.route == null ? [...this.snapshot.consider(request)] : [this.named(body.route, request)];
    const taking = considered.find(({ mismatch }) => mismatch === undefined)?.route;
    const told = taking ? this.foretold(taking, request, true) : this.nowhere(request);
    return { ...told, considered: considered.map(consideredAs) };
  }

  /** Chooses as the proxy would, for a client that sends by itself and reports: turns, tokens and probes are taken. */
  async resolve(idOrKey: string, body: MeshSampleRequest, address: string): Promise<MeshResolution> {
    await this.feed.settled();
    const request = requestOf(body, address);
    const considered = this.named(idOrKey, request);
    const { route, mismatch } = considered;
    const shown = [consideredAs(considered)];
    if (mismatch !== undefined) return { ...this.nowhere(request), considered: shown, probe: null };
    const standing = this.breakers.standing(route);
    const verdict = await this.verdicts.give(route, request);
    const admission: Admission | undefined = verdict.outcome === 'sent' ? verdict.admission : undefined;
    const probe = admission?.verdict === 'probe' ? admission.episode : null;
    const told = { ...standing, ...(admission && { verdict: admission.verdict, retryAfterMs: 0 }) };
    return { ...this.told(route, request, { verdict, standing: told }), considered: shown, probe };
  }

  async report(
    idOrKey: string,
    { destination, success, status, latency_ms, probe }: MeshReport,
  ): Promise<MeshReported> {
    await this.feed.settled();
    const route = this.get(idOrKey);
    if (destination != null && !route.destinations.some(({ name }) => name === destination))
      throw InvalidError.field('destination', 'must be the name of a destination of the route');
    this.breakers.settle(route, probe == null ? { verdict: 'pass' } : { verdict: 'probe', episode: probe }, success);
    const name = destination ?? (route.destinations.length === 1 ? route.destinations[0].name : '');
    this.counts.note(route, { destination: name, success, milliseconds: latency_ms ?? undefined, retries: 0, status: status ?? 0 }); // prettier-ignore
    await this.breakers.counted();
    return { accepted: true, circuit_breaker: breakerAs(this.breakers.standing(route)) };
  }

  /** @throws NotFoundError `mesh_route.not_found` */
  get(idOrKey: string): CompiledRoute {
    const route = this.snapshot.find(idOrKey);
    if (!route) throw new NotFoundError(meshRouteKind.name, idOrKey);
    return route;
  }

  private named(idOrKey: string, request: MeshRequest): Considered {
    const route = this.get(idOrKey);
    const disabled = route.row.status === 'active' ? undefined : ('disabled' as const);
    return { route, mismatch: disabled ?? route.match.test(request, true) };
  }

  private foretold(route: CompiledRoute, request: MeshRequest, proxied: boolean): Omit<MeshExplanation, 'considered'> {
    const foretold = this.verdicts.foretell(route, request);
    const told = this.told(route, request, foretold);
    return proxied && !PROXIED.includes(route.type)
      ? { ...told, outcome: 'not_proxied', status: STATUS.not_proxied }
      : told;
  }

  private told(
    route: CompiledRoute,
    request: MeshRequest,
    { verdict, standing }: { verdict: Verdict; standing: Standing },
  ): Omit<MeshExplanation, 'considered'> {
    const branch = 'choice' in verdict ? verdict.choice.branch : undefined;
    const { sticky } = route.split;
    const bound = branch && (branch.by === 'percentage' || branch.by === 'weight');
    const value = sticky && bound ? cookieValue(branch.branch) : undefined;
    return {
      outcome: verdict.outcome,
      status: STATUS[verdict.outcome],
      request_id: request.requestId,
      route: route.row.key,
      route_id: route.row.uid,
      split: branch
        ? {
            branch: branch.branch.name,
            by: branch.by,
            rule: branch.rule ?? null,
            sets_cookie: value === undefined ? null : `${sticky!.cookie}=${value}`,
          }
        : null,
      target: 'choice' in verdict ? targetAs(route, request, verdict) : null,
      circuit_breaker: breakerAs(standing),
      retries: route.retry.attempts,
      timeout_ms: route.timeoutMs,
      version: this.snapshot.version,
    };
  }

  private nowhere({ requestId }: MeshRequest): Omit<MeshExplanation, 'considered'> {
    return {
      outcome: 'no_route',
      status: STATUS.no_route,
      request_id: requestId,
      route: null,
      route_id: null,
      split: null,
      target: null,
      circuit_breaker: null,
      retries: 0,
      timeout_ms: 0,
      version: this.snapshot.version,
    };
  }
}

function requestOf(body: MeshSampleRequest, address: string): MeshRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(body.headers ?? {})) {
    if (typeof value !== 'string') throw InvalidError.field(`headers.${name.slice(0, 100)}`, 'must be a text');
    headers[name.toLowerCase()] = value;
  }
  return {
    method: (body.method ?? 'GET').toUpperCase(),
    host: hostName(body.host ?? headers.host ?? ''),
    path: (body.path ?? '/').split('?', 1)[0],
    headers,
    clientIp: body.client_ip ?? address,
    requestId: body.request_id ?? randomUUID(),
  };
}

const consideredAs = ({ route, mismatch }: Considered): MeshExplanation['considered'][number] => ({
  route_id: route.row.uid,
  route: route.row.key,
  takes_it: mismatch === undefined,
  mismatch: mismatch ?? null,
});

function targetAs(
  route: CompiledRoute,
  request: MeshRequest,
  { choice }: Extract<Verdict, { choice: unknown }>,
): MeshTarget | null {
  const { destination, endpoint, algorithm, candidates } = choice;
  if (!destination) return null;
  return {
    destination: destination.name,
    url: endpoint?.key ?? null,
    host: endpoint?.host ?? null,
    port: endpoint?.port ?? null,
    service: endpoint?.service ?? null,
    instance: endpoint?.instance ?? null,
    zone: endpoint?.zone ?? null,
    load_balancer: algorithm ?? null,
    candidates,
    path: rewrittenPath(route, request.path),
  };
}

const breakerAs = ({ state, verdict, retryAfterMs }: Standing): MeshBreakerVerdict => ({
  state,
  verdict,
  retry_after_seconds: Math.ceil(retryAfterMs) / 1000,
});
