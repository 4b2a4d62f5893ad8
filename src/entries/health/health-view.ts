import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../platform/errors/registry-error.js';
import { keyOf } from '../entry-key.js';
import type { EntryRow } from '../entry-response.js';
import type { EntryHealth, EntryHealthReport, EntryHealthResult, EntryTrouble } from '../kind/http/health.dto.js';
import type { Kind } from '../kind/kind.js';
import { KindEntriesService } from '../kind/kind-entries.service.js';
import { HealthRepository, RESULTS_KEPT } from './health.repository.js';
import type { HealthResultRow, TroubleRow } from './health.repository.js';
import { HealthService } from './health.service.js';
import { ProbePlan } from './probe-plan.js';
import { ProbeScheduler } from './probe-scheduler.js';

/** The health of one entry as its kind's path answers it. */
@Injectable()
export class HealthView {
  constructor(
    private readonly entries: KindEntriesService,
    private readonly health: HealthRepository,
    private readonly service: HealthService,
    private readonly plan: ProbePlan,
    private readonly scheduler: ProbeScheduler,
  ) {}

  /** @throws NotFoundError `<kind>.not_found` */
  async get(kind: Kind, idOrKey: string, limit: number, check: boolean): Promise<EntryHealth> {
    const row = await this.entries.get(kind, idOrKey);
    if (!check || !(await this.scheduler.probeNow(row))) return this.shown(row, limit);
    return this.shown(await this.entries.get(kind, row.uid), limit);
  }

  /** @throws NotFoundError `<kind>.not_found` */
  async report(kind: Kind, idOrKey: string, report: EntryHealthReport): Promise<EntryHealth> {
    const { status, message, ttl_seconds: ttlSeconds } = report;
    const { id } = await this.entries.resolve(kind, idOrKey);
    const row = await this.service.report(id, { status, message, ttlSeconds });
    if (!row) throw new NotFoundError(kind.name, idOrKey);
    return this.shown(row, RESULTS_KEPT);
  }

  private async shown(row: EntryRow, limit: number): Promise<EntryHealth> {
    const [state, results] = [await this.health.state(row.id), await this.health.results(row.id, limit)];
    const troubles = row.reported_health === null ? [] : await this.health.troubles(row.id);
    const history = results.map(toResult);
    const probe = state?.type ? undefined : await this.plan.duty(row);
    const type = state?.type ?? probe?.type;
    return {
      id: row.uid,
      key: keyOf(row.kind, row.name, row.version),
      status: row.status,
      health: row.health,
      reported_health: row.reported_health,
      because: troubles.map(toTrouble),
      check: type
        ? {
            type,
            interval: state?.type ? state.interval_seconds : probe!.interval,
            failures: state?.failures ?? 0,
            successes: state?.successes ?? 0,
            next_at: state?.next_at?.toISOString() ?? null,
          }
        : null,
      ttl_expires_at: state?.ttl_until?.toISOString() ?? null,
      last: history[0] ?? null,
      history,
    };
  }
}

const toTrouble = ({ uid, kind, name, version, health }: TroubleRow): EntryTrouble => ({
  id: uid,
  key: keyOf(kind, name, version),
  health,
});
const toResult = ({ at, ...result }: HealthResultRow): EntryHealthResult => ({ ...result, at: at.toISOString() });
