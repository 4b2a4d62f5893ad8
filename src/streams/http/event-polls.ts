import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { Request, Response } from 'express';
import { withParameters } from '../../platform/http/paging.js';
import { ShutdownState } from '../../platform/http/shutdown-state.js';
import { EventFeed } from '../event-feed.js';
import { FeedFilter, sameViewer } from '../feed-filter.js';
import type { FeedSubscription } from '../feed-subscription.js';
import type { EventQuery } from './event-query.dto.js';
import { PollCollector } from './poll-collector.js';

/** A poll that finds nothing of its types in so long answers how far it looked. */
const MOST_LOOKING_MS = 5000;

/** Answers polls: what there is, or with `wait` the next that comes. */
@Injectable()
export class EventPolls implements OnApplicationBootstrap {
  private readonly waiting = new Set<PollCollector>();

  constructor(
    private readonly feed: EventFeed,
    private readonly shutdown: ShutdownState,
  ) {}

  onApplicationBootstrap(): void {
    this.shutdown.onDrain(() => {
      for (const collector of this.waiting) collector.finish();
    });
  }

  async serve(query: EventQuery, request: Request, response: Response): Promise<void> {
    const collector = new PollCollector(query.limit, query.wait > 0);
    const filter = new FeedFilter(query.types, query.entity_types, sameViewer());
    const subscription = await this.feed.subscribe(query.since ?? 'oldest', filter, collector);
    const finish = (): void => collector.finish();
    const timers = [
      setTimeout(() => collector.stopWaiting(), query.wait * 1000),
      setTimeout(finish, Math.max(query.wait * 1000, MOST_LOOKING_MS)),
    ];
    response.once('close', finish);
    this.waiting.add(collector);
    if (this.shutdown.draining || response.destroyed) finish();
    try {
      subscription.start();
      const messages = await collector.done;
      this.answer(messages, subscription, request, response);
    } finally {
      for (const timer of timers) clearTimeout(timer);
      subscription.close();
      this.waiting.delete(collector);
    }
  }

  private answer(messages: string[], { position }: FeedSubscription, request: Request, response: Response): void {
    if (response.destroyed) return;
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Cache-Control', 'no-store');
    // What was filtered out was looked at too: the next poll does not look at it again.
    response.setHeader('X-Next-Since', String(position));
    const next = withParameters(request.originalUrl, { since: String(position) });
    response.setHeader('Link', `<${next}>; rel="next"`);
    response.end(`[${messages.join(',')}]`);
  }
}
