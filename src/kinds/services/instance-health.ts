import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HealthService } from '../../entries/health/health.service.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Jobs } from '../../platform/jobs/jobs.js';

const SOON_MS = 250;
/** What a process that died had still to report, another one finds. */
const REVIEW_MS = 30_000;
const MOST_AT_ONCE = 200;

interface Verdict {
  id: string;
  total: number;
  passing: number;
  health: string;
}

/** Health by instances: all that should be in service are, some are, none is. */
export const healthOf = ({ total, passing }: Pick<Verdict, 'total' | 'passing'>): string =>
  passing === total ? 'healthy' : passing > 0 ? 'degraded' : 'unhealthy';

/** Services that are probed themselves, and those without instances, are judged by others. Drained instances do not count. */
const VERDICTS = `
  SELECT e.id, coalesce(e.reported_health, e.health) AS health, n.total, n.passing
  FROM entry e, LATERAL (
    SELECT count(*)::integer AS total,
      count(*) FILTER (WHERE i.status <> 'critical' AND h.expired IS NOT TRUE)::integer AS passing
    FROM service_instance i LEFT JOIN service_heartbeat h ON h.instance_id = i.id WHERE i.service_id = e.id AND NOT i.drain
  ) n
  WHERE n.total > 0 AND coalesce(e.spec #>> '{health_check,type}', 'ttl') = 'ttl'`;

/** Reports a service's health as its instances have it, soon after they change: outside of the change's transaction. */
@Injectable()
export class InstanceHealth implements OnModuleInit {
  private readonly pending = new Set<string>();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly health: HealthService,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('service-health', SOON_MS, () => this.settle());
    this.jobs.every('service-health-review', REVIEW_MS, () => this.review(), { lock: true });
  }

  /** Takes inside ids of services whose instances are not what they were. */
  changed(serviceIds: readonly string[]): void {
    for (const id of serviceIds) this.pending.add(id);
  }

  private async settle(): Promise<void> {
    const ids = [...this.pending].slice(0, MOST_AT_ONCE);
    if (ids.length === 0) return;
    for (const id of ids) this.pending.delete(id);
    try {
      await this.judge(await this.uow.query<Verdict & object>(`${VERDICTS} AND e.id = ANY ($1::bigint[])`, [ids]));
    } catch (error) {
      this.changed(ids);
      throw error;
    }
  }

  private async review(): Promise<void> {
    await this.judge(
      await this.uow.query<Verdict & object>(
        `${VERDICTS} AND e.id IN (SELECT service_id FROM service_watch) AND coalesce(e.reported_health, e.health) IS DISTINCT FROM
           CASE WHEN n.passing = n.total THEN 'healthy' WHEN n.passing > 0 THEN 'degraded' ELSE 'unhealthy' END`,
      ),
    );
  }

  /** Told as any other report is. A service that was removed meanwhile has no health. */
  private async judge(verdicts: readonly Verdict[]): Promise<void> {
    for (const { id, health: former, ...counts } of verdicts) {
      const health = healthOf(counts);
      const message = `${counts.passing} of ${counts.total} instances are in service`;
      if (health !== former) await this.health.turn(id, health, { type: 'report', message });
    }
  }
}
