import { Injectable } from '@nestjs/common';
import { Breakers } from '../breaker/breakers.js';
import type { Admission, Standing } from '../breaker/breakers.js';
import { Chooser } from '../choice/chooser.js';
import type { Choice } from '../choice/chooser.js';
import { RateLimits } from '../choice/rate-limits.js';
import type { CompiledRoute } from '../table/compiled-route.js';
import type { MeshRequest } from '../table/mesh-request.js';

/** What becomes of a request on a route that takes it. */
export type Verdict =
  | { outcome: 'rate_limited'; retryAfterSeconds: number }
  | { outcome: 'no_destination'; choice: Choice }
  | { outcome: 'circuit_open'; choice: Choice; retryAfterSeconds: number }
  | { outcome: 'sent'; choice: Choice; admission: Admission };

/**
 * The one place where it is decided what becomes of a request: the proxy and who resolves a route ask what happens, who has
 * it explained what would happen, and both hear the same.
 */
@Injectable()
export class Verdicts {
  constructor(
    private readonly limits: RateLimits,
    private readonly chooser: Chooser,
    private readonly breakers: Breakers,
  ) {}

  /** Changes nothing: no turn, no token and no probe is taken. */
  foretell(route: CompiledRoute, request: MeshRequest): { verdict: Verdict; standing: Standing } {
    const standing = this.breakers.standing(route);
    const wait = this.limits.wait(route, false);
    if (wait !== undefined) return { verdict: { outcome: 'rate_limited', retryAfterSeconds: wait }, standing };
    const choice = this.chooser.choose(route, request, false);
    if (!choice.endpoint) return { verdict: { outcome: 'no_destination', choice }, standing };
    if (standing.verdict === 'refuse') return { verdict: refused(choice, standing.retryAfterMs), standing };
    return { verdict: { outcome: 'sent', choice, admission: { verdict: 'pass' } }, standing };
  }

  /** A promise only where a probe has to be asked for. What is sent is to be settled with the breakers. */
  give(route: CompiledRoute, request: MeshRequest): Verdict | Promise<Verdict> {
    const wait = this.limits.wait(route, true);
    if (wait !== undefined) return { outcome: 'rate_limited', retryAfterSeconds: wait };
    const before = this.chooser.choose(route, request, false);
    if (!before.endpoint) return { outcome: 'no_destination', choice: before };
    const admission = this.breakers.admit(route);
    return admission instanceof Promise
      ? admission.then((said) => this.admitted(route, request, { before, admission: said }))
      : this.admitted(route, request, { before, admission });
  }

  private admitted(
    route: CompiledRoute,
    request: MeshRequest,
    { before, admission }: { before: Choice; admission: Admission },
  ): Verdict {
    if (admission.verdict === 'refuse') return refused(before, admission.retryAfterMs);
    const choice = this.chooser.choose(route, request, true);
    return choice.endpoint ? { outcome: 'sent', choice, admission } : { outcome: 'no_destination', choice };
  }
}

const refused = (choice: Choice, retryAfterMs: number): Verdict => ({
  outcome: 'circuit_open',
  choice,
  retryAfterSeconds: retryAfterMs / 1000,
});
