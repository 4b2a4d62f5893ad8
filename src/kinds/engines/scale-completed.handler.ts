import { Injectable } from '@nestjs/common';
import { HandlesEvents } from '../../entries/event-handler.js';
import type { EventHandler, SequencedEvent } from '../../entries/event-handler.js';
import { InvalidError, NotFoundError } from '../../platform/errors/registry-error.js';
import { Logger } from '../../platform/logging/logger.js';
import { EngineScaling } from './engine-scaling.service.js';

interface ScaleCompleted {
  entity?: { id?: string; type?: string };
  capacity?: number;
}

/** Writes down how many units an engine has when its driver, which was left to work, says so. */
@Injectable()
@HandlesEvents('engine-scale', ['scale_completed'])
export class ScaleCompletedHandler implements EventHandler {
  private readonly logger: Logger;

  constructor(
    private readonly scaling: EngineScaling,
    logger: Logger,
  ) {
    this.logger = logger.child('engines');
  }

  async handle(events: SequencedEvent[]): Promise<void> {
    for (const { payload, seq } of events) {
      const { entity, capacity } = payload as ScaleCompleted;
      if (entity?.type !== 'engine' || !entity.id || !Number.isInteger(capacity)) continue;
      try {
        await this.scaling.record(entity.id, capacity!);
      } catch (err) {
        // Gone by now, or given other bounds: nothing that would go better at the next attempt.
        if (!(err instanceof NotFoundError || err instanceof InvalidError)) throw err;
        this.logger.warn({ seq, engine: entity.id, capacity, err }, 'the new capacity of an engine was not recorded');
      }
    }
  }
}
