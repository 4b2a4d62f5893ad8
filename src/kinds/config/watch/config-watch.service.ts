import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { currentViewer } from '../../../entries/visibility.js';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { ConfigFeed } from '../snapshot/config-feed.js';
import { ConfigSnapshot } from '../snapshot/config-snapshot.js';
import type { ConfigWatchQuery } from './config-watch.dto.js';
import { ConfigWatches } from './config-watches.js';

const MOST_WAIT_MS = 600_000;
/** So that not all who began together come back together. */
const JITTER_SHARE = 1 / 16;
const UNITS = { ms: 1, s: 1000, m: 60_000 } as const;
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 1000;
/** A stream ends after this long, so that who may see what is decided again; the client comes back where it was. */
const STREAM_MS = 300_000;
/** Unsent bytes above which a stream is too slow, and ends. */
const MOST_UNSENT = 8 * 1024 * 1024;

function waitOf(text = '30s'): number {
  const [, number, unit] = /^(\d+)(ms|s|m)$/.exec(text)!;
  return Math.min(Number(number) * UNITS[unit as keyof typeof UNITS], MOST_WAIT_MS);
}

/** Tells changes by long poll and as a stream of server-sent events. */
@Injectable()
export class ConfigWatch {
  constructor(
    private readonly snapshot: ConfigSnapshot,
    private readonly feed: ConfigFeed,
    private readonly watches: ConfigWatches,
  ) {}

  async poll({ prefix = '', index, wait }: ConfigWatchQuery, response: Response): Promise<void> {
    await this.known(index);
    const viewer = currentViewer();
    let answer = this.watches.since(index, prefix, viewer);
    if (!answer.reset && answer.changes.length === 0) {
      const ms = waitOf(wait) * (1 + Math.random() * JITTER_SHARE);
      const until = Date.now() + ms;
      do {
        await this.change(prefix, until - Date.now(), response);
        answer = this.watches.since(index, prefix, viewer);
      } while (!answer.reset && answer.changes.length === 0 && Date.now() < until && !this.isOver(response));
    }
    if (response.destroyed) return;
    const body = JSON.stringify(answer);
    response.setHeader('X-Index', String(answer.index));
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.end(body);
  }

  async stream({ prefix = '', index }: ConfigWatchQuery, request: Request, response: Response): Promise<void> {
    let at = lastEventId(request) ?? index;
    await this.known(at);
    const viewer = currentViewer();
    const tell = (): void => {
      if (response.destroyed || response.writableEnded) return;
      const { reset, changes, index: now } = this.watches.since(at, prefix, viewer);
      if (reset) response.write(`event: reset\ndata: {"index":${now}}\n\n`);
      for (const change of changes) response.write(`event: change\ndata: ${JSON.stringify(change)}\n\n`);
      // The position comes last: who breaks off before it is told all of it again.
      response.write(`id: ${now}\n: ${now}\n\n`);
      at = now;
      if (this.watches.draining) response.end();
      else if (response.writableLength > MOST_UNSENT) response.destroy();
    };
    const end = this.watches.add(prefix, viewer, tell);
    const heartbeat = setInterval(() => response.write(': ping\n\n'), HEARTBEAT_MS);
    const over = setTimeout(() => response.end(), STREAM_MS);
    response.once('close', () => {
      end();
      clearInterval(heartbeat);
      clearTimeout(over);
    });
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    response.setHeader('Cache-Control', 'no-cache, no-transform');
    response.setHeader('X-Accel-Buffering', 'no');
    response.write(`retry: ${RETRY_MS}\n\n`);
    tell();
  }

  /** What another process has told before is known here too. */
  private async known(index = 0): Promise<void> {
    const waits = this.feed.fresh();
    if (waits) await waits;
    if (index > this.snapshot.head) await this.feed.catchUp();
  }

  private change(prefix: string, ms: number, response: Response): Promise<void> {
    if (this.isOver(response)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        end();
        clearTimeout(timer);
        response.off('close', done);
        resolve();
      };
      const end = this.watches.add(prefix, currentViewer(), done);
      const timer = setTimeout(done, ms);
      response.once('close', done);
    });
  }

  private isOver(response: Response): boolean {
    return response.destroyed || this.watches.draining;
  }
}

function lastEventId(request: Request): number | undefined {
  const id = request.get('Last-Event-ID');
  if (id === undefined || id === '') return undefined;
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw InvalidError.field('Last-Event-ID', 'must be the id of an event');
}
