import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Gauge } from 'prom-client';
import type { Metric } from 'prom-client';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Metrics } from '../platform/http/metrics.js';
import { Logger } from '../platform/logging/logger.js';

const BACKLOG = 'SELECT c.name AS label, greatest(s.seq - c.seq, 0) AS n FROM event_consumer c, event_sequence s';

interface Counted extends Record<string, unknown> {
  label: string;
  n: string;
}

/** What the catalog holds, read when somebody scrapes. */
@Injectable()
export class CatalogMetrics {
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly metrics: Metrics,
    private readonly adapters: HttpAdapterHost,
    logger: Logger,
  ) {
    this.logger = logger.child('metrics');
    this.total('registry_entities_total', 'Entries in the catalog.', 'SELECT sum(n) AS n FROM entry_count');
    this.total(
      'registry_relationships_total',
      'Relationships between entries.',
      'SELECT sum(n) AS n FROM relationship_count',
    );
    this.byLabel(
      'registry_entities_by_type',
      'Entries by type.',
      'type',
      'SELECT kind AS label, sum(n) AS n FROM entry_count GROUP BY 1',
    );
    this.byLabel('registry_event_backlog', 'Events a consumer has not handled yet.', 'consumer', BACKLOG);
    this.connections();
  }

  /** Their names are given, and end as those of counters, which they are not: entries go away too. So their type is left open. */
  private total(name: string, help: string, sql: string): void {
    const read = async (gauge: Gauge): Promise<void> => {
      const [row] = await this.uow.query<{ n: string | null }>(sql);
      gauge.set(Number(row.n ?? 0));
    };
    const gauge = this.gauge(name, help, [], read, []);
    const type = 'untyped';
    const untyped = {
      name,
      help,
      type,
      get: async () => ({ ...(await gauge.get()), type }),
      reset: () => gauge.reset(),
    };
    this.metrics.registry.registerMetric(untyped as unknown as Metric);
  }

  private byLabel(name: string, help: string, label: string, sql: string): void {
    this.gauge(name, help, [label], async (gauge) => {
      const rows = await this.uow.query<Counted>(sql);
      gauge.reset();
      for (const row of rows) gauge.set({ [label]: row.label }, Number(row.n));
    });
  }

  private connections(): void {
    this.gauge('registry_connections_active', 'Open connections of clients, WebSockets included.', [], (gauge) => {
      const server = this.adapters.httpAdapter.getHttpServer() as Server;
      return new Promise((resolve) => {
        server.getConnections((error, count) => {
          gauge.set(error ? 0 : count);
          resolve();
        });
      });
    });
  }

  /** A scrape while the database is away leaves its gauges as they are; the others still answer. */
  private gauge(
    name: string,
    help: string,
    labelNames: string[],
    read: (gauge: Gauge) => Promise<void>,
    registers = [this.metrics.registry],
  ): Gauge {
    const { logger } = this;
    return new Gauge({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        await read(this).catch((err: unknown) => logger.warn({ metric: name, err }, 'the metric could not be read'));
      },
    });
  }
}
