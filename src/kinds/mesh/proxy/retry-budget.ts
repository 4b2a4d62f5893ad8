import type { CompiledRoute } from '../table/compiled-route.js';

/** However few requests there are, so many may be tried again at once. */
const ALWAYS = 3;

/** How much of what is under way on a route are tries again: a destination that fails is not sent all of it twice. */
export class RetryBudget {
  private readonly routes = new Map<string, { active: number; retries: number }>();

  begin({ row }: CompiledRoute): void {
    const used = this.routes.get(row.id);
    if (used) used.active++;
    else this.routes.set(row.id, { active: 1, retries: 0 });
  }

  end({ row }: CompiledRoute): void {
    const used = this.routes.get(row.id);
    if (used && --used.active <= 0) this.routes.delete(row.id);
  }

  /** Whether another try is within the budget; it counts until {@link release}. */
  take({ row, retry }: CompiledRoute): boolean {
    const used = this.routes.get(row.id);
    if (!used || used.retries >= Math.max(ALWAYS, (used.active * retry.budgetPercent) / 100)) return false;
    used.retries++;
    return true;
  }

  release({ row }: CompiledRoute): void {
    const used = this.routes.get(row.id);
    if (used && used.retries > 0) used.retries--;
  }
}
