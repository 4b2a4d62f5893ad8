import { Injectable } from '@nestjs/common';
import type { LoadBalancer } from '../definition/route-match.dto.js';
import type { CompiledDestination } from '../table/compiled-route.js';
import type { MeshRequest } from '../table/mesh-request.js';
import type { Endpoint } from './endpoints.js';
import { drawOf, hashOf } from './hash.js';

/** One question: the same answer for as long as none is taken in between. */
export interface Question {
  destination: CompiledDestination;
  /** At least one. */
  endpoints: readonly Endpoint[];
  algorithm: LoadBalancer;
  request: MeshRequest;
  /** Which try it is, from 0. */
  attempt: number;
}

interface Turns {
  next: number;
  /** Of smooth weighted round robin, by endpoint. */
  current: Map<string, number>;
}

/** Chooses among the addresses of a destination. What is in turn is known in this process only. */
@Injectable()
export class Balancer {
  private readonly turns = new WeakMap<CompiledDestination, Turns>();
  /** Requests under way, by endpoint. */
  private readonly active = new Map<string, number>();

  /** Who would be next. */
  peek(question: Question): Endpoint {
    return this.choose(question, false);
  }

  /** Who is next; it is the next one's turn from then on. */
  take(question: Question): Endpoint {
    return this.choose(question, true);
  }

  begin({ key }: Endpoint): void {
    this.active.set(key, (this.active.get(key) ?? 0) + 1);
  }

  end({ key }: Endpoint): void {
    const left = (this.active.get(key) ?? 1) - 1;
    if (left > 0) this.active.set(key, left);
    else this.active.delete(key);
  }

  activeOf({ key }: Endpoint): number {
    return this.active.get(key) ?? 0;
  }

  private choose(question: Question, taken: boolean): Endpoint {
    const { endpoints, request, attempt } = question;
    switch (question.algorithm) {
      case 'weighted':
        return this.weighted(question, taken);
      case 'least_conn':
        return this.leastBusy(question, taken);
      case 'ip_hash':
        return highest(endpoints, request.clientIp);
      case 'random':
        return endpoints[Math.floor(drawOf(`${request.requestId}\n${attempt}`) * endpoints.length)];
      default: {
        const turns = this.turnsOf(question);
        return endpoints[(taken ? turns.next++ : turns.next) % endpoints.length];
      }
    }
  }

  /** Smooth weighted round robin: who has waited longest for its weight, so that a heavy one is not served in a row. */
  private weighted(question: Question, taken: boolean): Endpoint {
    const { current } = this.turnsOf(question);
    const heavy = question.endpoints.filter(({ weight }) => weight > 0);
    const endpoints = heavy.length > 0 ? heavy : question.endpoints;
    const weightOf = ({ weight }: Endpoint): number => (heavy.length > 0 ? weight : 1);
    const waited = (one: Endpoint): number => (current.get(one.key) ?? 0) + weightOf(one);
    const best = endpoints.reduce((leader, one) => (waited(one) > waited(leader) ? one : leader));
    if (!taken) return best;
    const total = endpoints.reduce((sum, one) => sum + weightOf(one), 0);
    const after = endpoints.map((one) => [one.key, waited(one) - (one === best ? total : 0)] as const);
    current.clear();
    for (const [key, value] of after) current.set(key, value);
    return best;
  }

  private leastBusy(question: Question, taken: boolean): Endpoint {
    const { endpoints } = question;
    const least = endpoints.reduce((lowest, one) => Math.min(lowest, this.activeOf(one)), Infinity);
    const idle = endpoints.filter((one) => this.activeOf(one) === least);
    const turns = this.turnsOf(question);
    return idle[(taken ? turns.next++ : turns.next) % idle.length];
  }

  private turnsOf({ destination }: Question): Turns {
    let turns = this.turns.get(destination);
    if (!turns) this.turns.set(destination, (turns = { next: 0, current: new Map() }));
    return turns;
  }
}

/** Rendezvous hashing: when one endpoint goes, only its own clients go elsewhere. */
function highest(endpoints: readonly Endpoint[], client: string): Endpoint {
  let [best, score] = [endpoints[0], -1];
  for (const one of endpoints) {
    const own = hashOf(`${client}\n${one.key}`);
    if (own > score) [best, score] = [one, own];
  }
  return best;
}
