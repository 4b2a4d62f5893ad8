import type { FeedMessage } from '../event-message.js';
import { PollCollector } from './poll-collector.js';

const message = (seq: number, size = 1): FeedMessage => ({ seq, type: 't', json: 'x'.repeat(size) });

describe('PollCollector', () => {
  it('answers at once with nothing when nobody waits', async () => {
    const collector = new PollCollector(10, false);
    collector.caughtUp();
    expect(await collector.done).toEqual([]);
  });

  it('waits for the first messages when asked to, and answers with all that came together', async () => {
    const collector = new PollCollector(10, true);
    const answered = jest.fn();
    void collector.done.then(answered);
    collector.caughtUp();
    await Promise.resolve();
    expect(answered).toHaveBeenCalledTimes(0);
    collector.write(message(1));
    collector.write(message(2));
    collector.caughtUp();
    expect(await collector.done).toEqual(['x', 'x']);
  });

  it('stops waiting when told to, but looks through what is there first', async () => {
    const waiting = new PollCollector(10, true);
    waiting.caughtUp();
    waiting.stopWaiting();
    expect(await waiting.done).toEqual([]);
    const looking = new PollCollector(10, true);
    looking.stopWaiting();
    looking.write(message(1));
    looking.caughtUp();
    expect(await looking.done).toEqual(['x']);
  });

  it('is full at its limit, and at four megabytes', async () => {
    const few = new PollCollector(2, true);
    expect(few.room).toBe(2);
    few.write(message(1));
    expect(few.full).toBe(false);
    few.write(message(2));
    expect(few.full).toBe(true);
    expect(await few.done).toHaveLength(2);
    const large = new PollCollector(1000, false);
    large.write(message(1, 4 * 1024 * 1024));
    expect(large.full).toBe(true);
    expect(await large.done).toHaveLength(1);
  });

  it('answers with what it has when its time is up, and passes a failure on', async () => {
    const late = new PollCollector(10, true);
    late.write(message(1));
    late.finish();
    expect(await late.done).toHaveLength(1);
    const failed = new PollCollector(10, true);
    failed.failed(new Error('gone'));
    await expect(failed.done).rejects.toThrow('gone');
  });
});
