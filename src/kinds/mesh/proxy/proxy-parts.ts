import { Injectable, Optional } from '@nestjs/common';
import { Breakers } from '../breaker/breakers.js';
import { Balancer } from '../choice/balancer.js';
import { Chooser } from '../choice/chooser.js';
import { MeshSpans } from '../spans.js';
import { RouteCounts } from '../stats/route-counts.js';
import { ProxyAgents } from './proxy-agents.js';
import { RetryBudget } from './retry-budget.js';

/** What every exchange asks. */
@Injectable()
export class ProxyParts {
  readonly budget = new RetryBudget();

  constructor(
    readonly agents: ProxyAgents,
    readonly balancer: Balancer,
    readonly breakers: Breakers,
    readonly chooser: Chooser,
    readonly counts: RouteCounts,
    @Optional() readonly spans?: MeshSpans,
  ) {}
}
