import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Env } from '../../../platform/env/env.js';
import { ImpossibleError, InvalidError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { hasBody } from '../../../platform/http/body-reader.js';
import { leaveAsItIs } from '../../../platform/http/compression.js';
import { currentRequest } from '../../../platform/http/request-context.js';
import { Verdicts } from '../explain/verdicts.js';
import type { Verdict } from '../explain/verdicts.js';
import { MeshFeed } from '../snapshot/mesh-feed.js';
import { MeshSnapshot } from '../snapshot/mesh-snapshot.js';
import type { CompiledRoute } from '../table/compiled-route.js';
import { hostName } from '../table/mesh-request.js';
import type { MeshRequest } from '../table/mesh-request.js';
import { cookieValue } from '../table/split-plan.js';
import { Mirrors } from './mirrors.js';
import { refusedBy } from './proxy-errors.js';
import { ProxyExchange } from './proxy-exchange.js';
import type { Passage } from './proxy-exchange.js';
import { ProxyParts } from './proxy-parts.js';
import { rewrittenPath } from './proxy-path.js';
import { ProxyTrace } from './proxy-trace.js';
import { TraceAllowance } from './trace-allowance.js';

/** Stands in for a route's name: whichever takes the request. */
export const ANY_ROUTE = '-';
export const PROXY_PATH = '/api/v1/mesh/proxy/';
const PROXIED = ['http', 'websocket'];
const DOTS = /(^|\/)(\.|%2e){1,2}(\/|$)/i;

/** A request as it arrived, its path below the proxy's taken apart. */
export interface Arrival {
  route: CompiledRoute;
  request: MeshRequest;
  /** As the destination sees it, with the query. */
  path: string;
}

/** Sends requests on to where the mesh says. */
@Injectable()
export class MeshProxy {
  private readonly allowance = new TraceAllowance();

  constructor(
    private readonly env: Env,
    private readonly snapshot: MeshSnapshot,
    private readonly feed: MeshFeed,
    private readonly verdicts: Verdicts,
    private readonly parts: ProxyParts,
    private readonly mirrors: Mirrors,
  ) {}

  /** Resolves when the answer is out. @throws RegistryError while nothing of it is */
  handle(incoming: Request, response: Response): Promise<void> {
    const settled = this.feed.settled();
    return settled ? settled.then(() => this.pass(incoming, response)) : this.pass(incoming, response);
  }

  /** Undefined when every route that this process wrote is known. */
  settled(): Promise<void> | undefined {
    return this.feed.settled();
  }

  /**
   * Finds the route that a request means.
   * @throws NotFoundError `mesh_proxy.off`, `mesh_route.not_found` or `mesh_proxy.no_route`
   */
  arrival(incoming: Request, requestId: string): Arrival {
    if (!this.env.meshProxy) throw new NotFoundError('mesh proxy', 'here (MESH_PROXY is off)', 'mesh_proxy.off');
    const { name, rest } = placeOf(incoming.url);
    const question = rest.indexOf('?');
    const path = question < 0 ? rest : rest.slice(0, question);
    if (DOTS.test(path)) throw InvalidError.field('path', 'must have no segments . and ..');
    const request: MeshRequest = {
      method: incoming.method,
      host: hostName(String(incoming.headers['x-forwarded-host'] ?? incoming.headers.host ?? '')),
      path,
      headers: incoming.headers,
      get clientIp() {
        return incoming.ip ?? '';
      },
      requestId,
    };
    const route = name === ANY_ROUTE ? this.snapshot.match(request) : this.named(name, request);
    if (!route)
      throw new NotFoundError('mesh route for this request', `${request.method} ${path}`, 'mesh_proxy.no_route');
    if (!PROXIED.includes(route.type))
      throw new ImpossibleError(
        'mesh_proxy.not_proxied',
        `Routes of type ${route.type} go through no proxy of HTTP/1.1.`,
      );
    const query = question < 0 ? '' : rest.slice(question);
    return { route, request, path: rewrittenPath(route, path) + query };
  }

  verdict({ route, request }: Arrival): Verdict | Promise<Verdict> {
    return this.verdicts.give(route, request);
  }

  private async pass(incoming: Request, response: Response): Promise<void> {
    const arrival = this.arrival(incoming, currentRequest()!.requestId);
    const verdict = this.verdict(arrival);
    return this.send(arrival, verdict instanceof Promise ? await verdict : verdict, { incoming, response });
  }

  private send(
    { route, request, path }: Arrival,
    verdict: Verdict,
    { incoming, response }: { incoming: Request; response: Response },
  ): Promise<void> {
    if (verdict.outcome !== 'sent') throw refusedBy(route, verdict);
    const { choice, admission } = verdict;
    const { settings } = this.snapshot;
    const traceparent = incoming.headers.traceparent as string | undefined;
    const { method, path: asked, requestId } = request;
    const trace = ProxyTrace.of(route, { method, path: asked, requestId, traceparent }, settings, this.allowance);
    const cookie = stickyCookie(route, choice.branch);
    const passage: Passage = { route, request, choice, admission, incoming, response, path, cookie, trace };
    leaveAsItIs(response);
    if (route.row.spec.mirror && admission.verdict === 'pass' && !hasBody(incoming)) this.mirrors.copy(passage);
    return new ProxyExchange(this.parts, passage).run();
  }

  private named(name: string, request: MeshRequest): CompiledRoute | undefined {
    const route = this.snapshot.find(name);
    if (!route) throw new NotFoundError('mesh_route', name);
    return route.row.status === 'active' && route.match.test(request, true) === undefined ? route : undefined;
  }
}

/** `/api/v1/mesh/proxy/orders/a?b` is `/a?b` of `orders`. */
function placeOf(url: string): { name: string; rest: string } {
  const place = url.slice(PROXY_PATH.length);
  const end = /[/?]/.exec(place)?.index ?? place.length;
  const rest = place.slice(end);
  try {
    return { name: decodeURIComponent(place.slice(0, end)), rest: rest.startsWith('/') ? rest : `/${rest}` };
  } catch {
    throw InvalidError.field('route', 'cannot be decoded');
  }
}

function stickyCookie({ split }: CompiledRoute, branch: Passage['choice']['branch']): string | undefined {
  if (!split.sticky || !branch || (branch.by !== 'percentage' && branch.by !== 'weight')) return undefined;
  const value = cookieValue(branch.branch);
  if (value === undefined) return undefined;
  const age = split.sticky.ttlSeconds === undefined ? '' : `; Max-Age=${split.sticky.ttlSeconds}`;
  return `${split.sticky.cookie}=${value}; Path=${PROXY_PATH.slice(0, -1)}${age}; HttpOnly; SameSite=Lax`;
}
