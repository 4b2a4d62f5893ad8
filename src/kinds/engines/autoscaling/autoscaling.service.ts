import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { EntryRepository } from '../../../entries/entry.repository.js';
import { idCursor } from '../../../entries/http/relationship-page.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import { sendPage } from '../../../platform/http/paging.js';
import { capacityOf } from '../engine-capacity.js';
import { engineKind } from '../engine.kind.js';
import { settled } from './autoscaling-settings.js';
import { toDecisionResponse } from './autoscaling.dto.js';
import type {
  EngineAutoscaling,
  EngineAutoscalingPut,
  ScalingDecision,
  ScalingDecisionQuery,
} from './autoscaling.dto.js';
import { AutoscalingRepository } from './autoscaling.repository.js';

/** How engines are scaled by themselves, as people set it. */
@Injectable()
export class AutoscalingService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly kindEntries: KindEntriesService,
    private readonly entries: EntryRepository,
    private readonly repository: AutoscalingRepository,
  ) {}

  async get(engine: string): Promise<EngineAutoscaling> {
    const { id } = await this.kindEntries.resolve(engineKind, engine);
    const { settings, last_scaled_at } = await this.repository.settings(id);
    return { ...settings, last_scaled_at: last_scaled_at?.toISOString() ?? null };
  }

  async put(engine: string, body: EngineAutoscalingPut): Promise<EngineAutoscaling> {
    const settings = settled(body);
    const { id } = await this.kindEntries.resolve(engineKind, engine);
    await this.uow.run(async () => {
      const row = await this.entries.lock(id);
      if (!row) throw new NotFoundError('engine', engine);
      await this.repository.put(id, settings, capacityOf(row).current);
    });
    return this.get(engine);
  }

  async decisions(
    engine: string,
    { limit, cursor }: ScalingDecisionQuery,
    request: Request,
    response: Response,
  ): Promise<ScalingDecision[]> {
    const { id } = await this.kindEntries.resolve(engineKind, engine);
    const place = idCursor('-at', ['decisions', id]);
    const rows = await this.repository.decisions(id, limit + 1, place.read(cursor));
    const more = rows.length > limit;
    if (more) rows.pop();
    return sendPage(request, response, {
      rows: rows.map(toDecisionResponse),
      nextCursor: more ? place.write(rows.at(-1)!.id) : undefined,
    });
  }
}
