import { Injectable } from '@nestjs/common';
import type { LoadBalancer } from '../definition/route-match.dto.js';
import { MeshSnapshot } from '../snapshot/mesh-snapshot.js';
import type { CompiledDestination, CompiledRoute } from '../table/compiled-route.js';
import type { MeshRequest } from '../table/mesh-request.js';
import type { BranchChoice } from '../table/split-plan.js';
import { Balancer } from './balancer.js';
import { Endpoints } from './endpoints.js';
import type { Endpoint } from './endpoints.js';
import { drawOf } from './hash.js';

/** Where a request goes, and why. */
export interface Choice {
  branch: BranchChoice | undefined;
  destination: CompiledDestination | undefined;
  algorithm: LoadBalancer | undefined;
  /** Undefined when nobody is there to take it. */
  endpoint: Endpoint | undefined;
  /** How many there were to choose from. */
  candidates: number;
}

const NOWHERE: Choice = { branch: undefined, destination: undefined, algorithm: undefined, endpoint: undefined, candidates: 0 }; // prettier-ignore

/**
 * Decides where a request goes. Which branch and destination depends on the request and its id alone, which address on whose
 * turn it is: to tell and to send are the same questions, so that what is told is what happens.
 */
@Injectable()
export class Chooser {
  constructor(
    private readonly snapshot: MeshSnapshot,
    private readonly endpoints: Endpoints,
    private readonly balancer: Balancer,
  ) {}

  /** With `taken` it is the next one's turn from then on. */
  choose(route: CompiledRoute, request: MeshRequest, taken: boolean): Choice {
    const draws = `${route.row.key}\n${request.requestId}\n`;
    const branch = route.split.choose(request, drawOf(`${draws}branch`));
    const destination = branch && this.among(branch.branch.destinations, drawOf(`${draws}destination`));
    if (!destination) return { ...NOWHERE, branch };
    return { branch, ...this.within(route, destination, { request, taken }) };
  }

  /** Another try at the same destination, of those that were not tried where there are any. */
  again(
    route: CompiledRoute,
    { destination, branch }: Choice,
    request: MeshRequest,
    tried: ReadonlySet<string>,
  ): Choice {
    return { branch, ...this.within(route, destination!, { request, taken: true, tried }) };
  }

  private within(
    route: CompiledRoute,
    destination: CompiledDestination,
    { request, taken, tried }: { request: MeshRequest; taken: boolean; tried?: ReadonlySet<string> },
  ): Omit<Choice, 'branch'> {
    const all = this.endpoints.of(destination);
    const fresh = tried ? all.filter(({ key }) => !tried.has(key)) : all;
    const endpoints = fresh.length > 0 ? fresh : all;
    const algorithm = route.loadBalancer ?? this.ownOf(all) ?? this.snapshot.settings.loadBalancer;
    const found = { destination, algorithm, candidates: all.length };
    if (endpoints.length === 0) return { ...found, endpoint: undefined };
    const question = { destination, endpoints, algorithm, request, attempt: tried?.size ?? 0 };
    return { ...found, endpoint: taken ? this.balancer.take(question) : this.balancer.peek(question) };
  }

  /** By weight, of those that have an address; of a branch that has none, the first to be told of. */
  private among(destinations: readonly CompiledDestination[], draw: number): CompiledDestination {
    if (destinations.length === 1) return destinations[0];
    const there = destinations.filter((one) => this.endpoints.of(one).length > 0);
    const total = there.reduce((sum, { weight }) => sum + weight, 0);
    if (total === 0) return there[Math.floor(draw * there.length)] ?? destinations[0];
    let left = draw * total;
    for (const one of there) {
      left -= one.weight;
      if (left < 0) return one;
    }
    return there.at(-1)!;
  }

  private ownOf([first]: readonly Endpoint[]): LoadBalancer | undefined {
    return first?.serviceUid == null ? undefined : this.snapshot.balancerOf(first.serviceUid);
  }
}
