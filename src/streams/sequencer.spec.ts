import { OutboxSignal } from '../entries/outbox-signal.js';
import type { DatabaseListener } from '../platform/database/database-listener.js';
import type { UnitOfWork } from '../platform/database/unit-of-work.js';
import type { Logger } from '../platform/logging/logger.js';
import { EventHead } from './event-head.js';
import type { EventRepository } from './event.repository.js';
import { Sequencer } from './sequencer.js';

describe('the sequencer', () => {
  it.each([
    ['nothing waits', null, 0, 0],
    ['one waits since two seconds', -2000, 2, 10],
    ['one waits since this millisecond', 0, 0.001, 10],
    ['the clock was set back since one was written', 60_000, 0.001, 0.001],
  ])('says 0 seconds only of none that waits: %s', async (_, since, least, most) => {
    const numbered = { head: 0, rows: 0, waitingSince: since === null ? null : new Date(Date.now() + since) };
    const events = { number: async () => numbered } as unknown as EventRepository;
    const sequencer = new Sequencer(
      events,
      new EventHead(),
      new OutboxSignal(),
      {} as DatabaseListener,
      {} as Logger,
      {} as UnitOfWork,
    );
    await sequencer.number();
    expect(sequencer.waitingSeconds()).toBeGreaterThanOrEqual(least);
    expect(sequencer.waitingSeconds()).toBeLessThanOrEqual(most);
  });
});
