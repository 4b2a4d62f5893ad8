import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { EntriesModule } from '../entries/entries.module.js';
import { EventFeed } from './event-feed.js';
import { EventHead } from './event-head.js';
import { EventPartitions } from './event-partitions.js';
import { EventRepository } from './event.repository.js';
import { EventPolls } from './http/event-polls.js';
import { EventStreams } from './http/event-streams.js';
import { EventsController } from './http/events.controller.js';
import { OpenConnections } from './open-connections.js';
import { ConsumerRepository } from './relay/consumer.repository.js';
import { EventRelay } from './relay/event-relay.js';
import { Sequencer } from './sequencer.js';
import { StreamMetrics } from './stream-metrics.js';
import { EventsGateway } from './ws/events.gateway.js';

/** The numbered events: to handlers at least once, to clients by poll, stream and WebSocket. */
@Module({
  imports: [DiscoveryModule, EntriesModule],
  controllers: [EventsController],
  providers: [
    EventRepository,
    EventHead,
    Sequencer,
    EventPartitions,
    EventFeed,
    ConsumerRepository,
    EventRelay,
    OpenConnections,
    EventPolls,
    EventStreams,
    EventsGateway,
    StreamMetrics,
  ],
  exports: [EventFeed, EventRelay, Sequencer],
})
export class StreamsModule {}
