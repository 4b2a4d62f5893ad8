import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { viewerOf } from '../../entries/visibility.js';
import { InvalidError, UnauthenticatedError } from '../../platform/errors/registry-error.js';
import { currentRequest } from '../../platform/http/request-context.js';
import type { Principal } from '../../platform/http/request-context.js';
import { EventFeed } from '../event-feed.js';
import { FeedFilter } from '../feed-filter.js';
import { OpenConnections } from '../open-connections.js';
import type { OpenConnection } from '../open-connections.js';
import type { EventQuery } from './event-query.dto.js';
import { StreamSink } from './stream-sink.js';

const BEARER = /^bearer +(\S+)$/i;

/** Serves the feed as server-sent events, for as long as the client stays. */
@Injectable()
export class EventStreams {
  constructor(
    private readonly feed: EventFeed,
    private readonly connections: OpenConnections,
  ) {}

  async serve(query: EventQuery, request: Request, response: Response): Promise<void> {
    const sink = new StreamSink(response);
    const since = lastEventId(request) ?? query.since ?? 'head';
    const connection: OpenConnection = {
      transport: 'sse',
      principal: principalOf(),
      credential: credentialOf(request),
      address: request.ip,
      end: () => sink.end(),
    };
    const filter = new FeedFilter(query.types, query.entity_types, () => viewerOf(connection.principal));
    const subscription = await this.feed.subscribe(since, filter, sink);
    if (response.destroyed) return;
    const countOut = this.connections.add(connection);
    response.once('close', () => {
      countOut();
      subscription.close();
    });
    sink.begin(subscription);
  }
}

/** Where a stream that broke left off; it stands above `since`, which a reconnecting browser repeats. */
function lastEventId(request: Request): number | undefined {
  const id = request.get('Last-Event-ID');
  if (id === undefined || id === '') return undefined;
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw InvalidError.field('Last-Event-ID', 'must be the seq of an event');
}

const credentialOf = (request: Request): string =>
  request.get('X-API-Key') ?? BEARER.exec(request.get('Authorization') ?? '')?.[1] ?? '';

function principalOf(): Principal {
  const principal = currentRequest()?.principal;
  if (!principal) throw new UnauthenticatedError();
  return principal;
}
