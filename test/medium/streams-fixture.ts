import { Outbox } from '../../src/entries/outbox.js';
import type { NewEvent } from '../../src/entries/outbox.js';
import { OutboxSignal } from '../../src/entries/outbox-signal.js';
import type { DatabaseListener } from '../../src/platform/database/database-listener.js';
import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { quietLogger } from '../support/quiet-logger.js';
import { EventFeed } from '../../src/streams/event-feed.js';
import { EventHead } from '../../src/streams/event-head.js';
import type { FeedMessage } from '../../src/streams/event-message.js';
import { EventRepository } from '../../src/streams/event.repository.js';
import type { FeedSink } from '../../src/streams/feed-subscription.js';
import { ConsumerRepository } from '../../src/streams/relay/consumer.repository.js';
import { Sequencer } from '../../src/streams/sequencer.js';

/** The parts of the stream over one database, without an application around them: nothing runs by itself. */
export function streamParts(uow: UnitOfWork) {
  const logger = quietLogger();
  const signal = new OutboxSignal();
  const outbox = new Outbox(uow, signal);
  const events = new EventRepository(uow);
  const head = new EventHead();
  const listener = { listen: async () => async () => undefined } as unknown as DatabaseListener;
  const sequencer = new Sequencer(events, head, signal, listener, logger, uow);
  const feed = new EventFeed(events, head, logger, uow);
  const consumers = new ConsumerRepository(uow);
  return { uow, logger, signal, outbox, events, head, sequencer, feed, consumers };
}
export type StreamParts = ReturnType<typeof streamParts>;

export const entityEvent = (name: string, type = 'entity_created', kind = 'service'): NewEvent => ({
  type,
  payload: { entity: { name, type: kind } },
});

export const relationshipsEvent = (...names: string[]): NewEvent => ({
  type: 'relationship_created',
  payload: { relationships: names.map((id) => ({ id })) },
  span: names.length,
});

/** Records events in a transaction of their own. */
export const record = ({ uow, outbox }: StreamParts, ...events: NewEvent[]): Promise<void> =>
  uow.run(() => outbox.record(events));

/** Numbers all that is committed. Transactions of other databases of the server hold numbers back, so it may take some tries. */
export async function numberAll({ sequencer, events, head }: StreamParts): Promise<void> {
  await until(async () => {
    while ((await sequencer.number()) > 0);
    return sequencer.waitingSeconds() === 0;
  });
  head.advance((await events.bounds()).head);
}

/** As if nothing had ever happened. */
export async function forgetEvents(uow: UnitOfWork): Promise<void> {
  await uow.query('TRUNCATE event, event_consumer');
  await uow.query(`UPDATE event_sequence SET seq = 0, floor = 0, xid = '0'`);
}

/** Every row in the order of its number: `[seq, span, what it is about]`. */
export async function numbered(uow: UnitOfWork): Promise<[number, number, string][]> {
  const rows = await uow.query<{ seq: string; span: number; about: string }>(
    `SELECT seq, span, coalesce(payload #>> '{entity,name}', 'relationships') AS about FROM event
     WHERE seq IS NOT NULL ORDER BY seq`,
  );
  return rows.map(({ seq, span, about }) => [Number(seq), span, about]);
}

/** A sink that keeps what it gets; `capacity` makes it full after so many more. */
export class KeepingSink implements FeedSink {
  readonly messages: FeedMessage[] = [];
  error?: unknown;
  caughtUps = 0;

  constructor(public capacity = Infinity) {}

  get full(): boolean {
    return this.messages.length >= this.capacity;
  }

  get seqs(): number[] {
    return this.messages.map(({ seq }) => seq);
  }

  write(message: FeedMessage): void {
    this.messages.push(message);
  }

  caughtUp(): void {
    this.caughtUps++;
  }

  failed(error: unknown): void {
    this.error = error;
  }
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  for (const end = Date.now() + ms; !(await holds());) {
    if (Date.now() > end) throw new Error(`Not within ${ms} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** 1, 2, … n. */
export const upTo = (n: number, from = 1): number[] => Array.from({ length: n - from + 1 }, (_, i) => from + i);
