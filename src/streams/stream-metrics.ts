import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../platform/http/metrics.js';
import { EventHead } from './event-head.js';
import { OpenConnections } from './open-connections.js';
import { EventRelay } from './relay/event-relay.js';
import { Sequencer } from './sequencer.js';

/** How the stream of events is doing; read when the metrics are asked for. */
@Injectable()
export class StreamMetrics {
  constructor(
    metrics: Metrics,
    sequencer: Sequencer,
    head: EventHead,
    relay: EventRelay,
    connections: OpenConnections,
  ) {
    const { registry } = metrics;
    registry.registerMetric(
      new Gauge({
        name: 'outbox_unsequenced_age_seconds',
        help: 'For how long the oldest committed event has waited for its number.',
        registers: [],
        collect() {
          this.set(sequencer.waitingSeconds());
        },
      }),
    );
    registry.registerMetric(
      new Gauge({
        name: 'event_seq',
        help: 'Number of the newest event.',
        registers: [],
        collect() {
          this.set(head.seq);
        },
      }),
    );
    registry.registerMetric(
      new Gauge({
        name: 'event_handler_backlog',
        help: 'Numbers between the newest event and the position of a handler.',
        labelNames: ['handler'],
        registers: [],
        collect() {
          for (const { handler, events } of relay.backlogs()) this.set({ handler }, events);
        },
      }),
    );
    registry.registerMetric(
      new Gauge({
        name: 'event_connections',
        help: 'Open connections that follow the events.',
        labelNames: ['transport'],
        registers: [],
        collect() {
          for (const transport of ['websocket', 'sse'] as const) this.set({ transport }, connections.count(transport));
        },
      }),
    );
  }
}
