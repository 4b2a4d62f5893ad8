import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HealthService } from '../../../entries/health/health.service.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { GridFeed } from '../snapshot/grid-feed.js';

const SOON_MS = 250;
/** What a process that died had still to tell, another one finds. */
const REVIEW_MS = 30_000;
const TOGETHER = 200;

interface Untold {
  node_id: string;
  level: number;
  /** Nodes with a probe of their own are judged by it. */
  probed: boolean;
}

const VERDICTS = [
  { health: 'healthy', type: 'report', message: 'Its heartbeats come.' },
  { health: 'degraded', type: 'ttl', message: 'No heartbeat came within its time to live.' },
  { health: 'unhealthy', type: 'ttl', message: 'No heartbeat came within twice its time to live.' },
  { health: 'unhealthy', type: 'ttl', message: 'No heartbeat came within three times its time to live: it is given up.' },
] as const; // prettier-ignore

/** Gives nodes the health that their heartbeats say, soon after they say something else: outside of what wrote them. */
@Injectable()
export class GridHealth implements OnModuleInit {
  private pending = false;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly health: HealthService,
    private readonly feed: GridFeed,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('grid-health', SOON_MS, () => (this.pending ? this.settle() : undefined));
    this.jobs.every('grid-health-review', REVIEW_MS, () => this.settle(), { lock: true });
  }

  /** Some node is more or less silent than it was. */
  changed(): void {
    this.pending = true;
  }

  private async settle(): Promise<void> {
    this.pending = false;
    try {
      const untold = await this.untold();
      this.pending = untold.length === TOGETHER;
      for (const one of untold) await this.tell(one);
      if (untold.length > 0) await this.feed.refresh();
    } catch (error) {
      this.pending = true;
      throw error;
    }
  }

  private untold(): Promise<Untold[]> {
    return this.uow.query<Untold & object>(
      `SELECT h.node_id, h.level, e.spec -> 'health_check' IS NOT NULL AS probed
       FROM grid_heartbeat h JOIN entry e ON e.id = h.node_id
       WHERE h.beat_at IS NOT NULL AND h.told IS DISTINCT FROM h.level LIMIT ${TOGETHER}`,
    );
  }

  private async tell({ node_id: id, level, probed }: Untold): Promise<void> {
    const { health, type, message } = VERDICTS[level];
    await this.uow.run(async () => {
      // First, as who writes heartbeats takes these rows before those that say what has changed.
      await this.uow.query('UPDATE grid_heartbeat SET told = $2 WHERE node_id = $1', [id, level]);
      if (!probed) await this.health.turn(id, health, { type, message });
    });
  }
}
