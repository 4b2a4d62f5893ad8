import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Client, escapeIdentifier } from 'pg';
import { Logger } from '../logging/logger.js';
import { DATABASE_SETTINGS } from './database-settings.js';
import type { DatabaseSettings } from './database-settings.js';

type Handler = (payload: string) => void;

const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [100, 10_000];
/** A connection nobody writes to may be dead without knowing; LISTEN must not be the last to hear. */
const HEARTBEAT_MS = 30_000;

/**
 * PostgreSQL's notifications, on a connection of their own that comes back by itself. What is said while it is away is
 * lost: a notification is a hint to look, never the news. The embedded database has none, so there nothing is called.
 */
@Injectable()
export class DatabaseListener implements OnApplicationShutdown {
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly logger: Logger;
  private client: Client | undefined;
  private connecting: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private failures = 0;
  private closed = false;

  constructor(
    @Inject(DATABASE_SETTINGS) private readonly settings: DatabaseSettings,
    logger: Logger,
  ) {
    this.logger = logger.child('database');
  }

  /** Calls `handler` with every payload of the channel; an empty one after a reconnect. Gives what ends that. */
  async listen(channel: string, handler: Handler): Promise<() => Promise<void>> {
    if (this.settings.embedded) return async () => undefined;
    const handlers = this.handlers.get(channel) ?? new Set();
    this.handlers.set(channel, handlers.add(handler));
    await (this.connecting ??= this.connect());
    if (handlers.size === 1) await this.say(`LISTEN ${escapeIdentifier(channel)}`);
    return async () => {
      handlers.delete(handler);
      if (handlers.size > 0) return;
      this.handlers.delete(channel);
      await this.say(`UNLISTEN ${escapeIdentifier(channel)}`);
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    clearInterval(this.heartbeat);
    await this.connecting;
    await this.client?.end().catch(() => undefined);
  }

  /** Never rejects: without a connection it tries again later. */
  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.settings.directUrl ?? this.settings.url,
      application_name: 'universal-registry listener',
      connectionTimeoutMillis: 10_000,
      query_timeout: 10_000,
      keepAlive: true,
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('the connection ended')));
    client.on('notification', ({ channel, payload }) => this.call(channel, payload ?? ''));
    this.client = client;
    try {
      await client.connect();
      for (const channel of this.handlers.keys()) await client.query(`LISTEN ${escapeIdentifier(channel)}`);
    } catch (error) {
      this.lost(client, error as Error);
      return;
    }
    if (this.failures > 0) {
      this.logger.info('listening to PostgreSQL again');
      for (const channel of this.handlers.keys()) this.call(channel, '');
    }
    this.failures = 0;
    this.heartbeat = setInterval(() => void this.say('SELECT 1'), HEARTBEAT_MS).unref();
  }

  private lost(client: Client, error: Error): void {
    if (client !== this.client || this.closed) return;
    this.client = undefined;
    clearInterval(this.heartbeat);
    client.end().catch(() => undefined);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.failures++, LONGEST_PAUSE_MS);
    this.logger.warn({ reason: error.message, retry_ms: pause }, 'the connection for notifications broke');
    this.retry = setTimeout(() => this.reconnect(), pause).unref();
  }

  private reconnect(): void {
    this.connecting = this.connect();
  }

  /** Without a connection there is nothing to say: the next one begins by listening to every channel. */
  private async say(sql: string): Promise<void> {
    const { client } = this;
    if (!client) return;
    try {
      await client.query(sql);
    } catch (error) {
      this.lost(client, error as Error);
    }
  }

  private call(channel: string, payload: string): void {
    for (const handler of this.handlers.get(channel) ?? []) {
      try {
        handler(payload);
      } catch (error) {
        this.logger.error({ err: error, channel }, 'a handler of notifications failed');
      }
    }
  }
}
