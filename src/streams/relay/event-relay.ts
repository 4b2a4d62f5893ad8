import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { HANDLES_EVENTS } from '../../entries/event-handler.js';
import type { EventHandler, HandlerDeclaration } from '../../entries/event-handler.js';
import { Env } from '../../platform/env/env.js';
import { Logger } from '../../platform/logging/logger.js';
import { EventHead } from '../event-head.js';
import { checkPatterns } from '../event-pattern.js';
import { EventRepository } from '../event.repository.js';
import { ConsumerRepository } from './consumer.repository.js';
import { HandlerRun } from './handler-run.js';

/** Gives every provider marked `@HandlesEvents` its events, at least once and in order. Works where ROLE is not `api`. */
@Injectable()
export class EventRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly runs = new Map<string, HandlerRun>();
  private readonly owner = randomUUID();
  private readonly logger: Logger;
  private stopFollowing?: () => void;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly consumers: ConsumerRepository,
    private readonly events: EventRepository,
    private readonly head: EventHead,
    private readonly env: Env,
    logger: Logger,
  ) {
    this.logger = logger.child('relay');
  }

  /** Names of the handlers of this build. */
  get handlers(): string[] {
    return [...this.runs.keys()];
  }

  /** How far each handler is behind. */
  backlogs(): { handler: string; events: number }[] {
    return [...this.runs.values()].map((run) => ({ handler: run.name, events: run.backlog }));
  }

  onApplicationBootstrap(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      const declaration = metatype && (Reflect.getMetadata(HANDLES_EVENTS, metatype) as HandlerDeclaration | undefined);
      if (declaration && instance) this.add(declaration, instance as EventHandler);
    }
    if (this.env.role === 'api') return;
    this.stopFollowing = this.head.onAdvance(() => this.wake());
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopFollowing?.();
    await Promise.all([...this.runs.values()].map((run) => run.stop()));
  }

  private add(declaration: HandlerDeclaration, handler: EventHandler): void {
    if (this.runs.has(declaration.name)) throw new Error(`There are two event handlers called ${declaration.name}.`);
    checkPatterns(declaration.types, 'types');
    const { consumers, events, head, owner, logger } = this;
    this.runs.set(declaration.name, new HandlerRun(declaration, handler, consumers, events, head, owner, logger));
  }

  private wake(): void {
    for (const run of this.runs.values()) run.wake();
  }
}
