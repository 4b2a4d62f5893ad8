import { SharedWork } from './shared-work.js';
import { Stopped } from './stopped.js';

/** Work that ends when told to. */
function work() {
  const runs: { signal: AbortSignal; finish: (value: string) => void; fail: (error: Error) => void }[] = [];
  const shared = new SharedWork<string>(
    (signal) => new Promise<string>((finish, fail) => runs.push({ signal, finish, fail })),
  );
  return { runs, shared };
}

describe('work that is shared', () => {
  test('is done once for all who ask meanwhile, and again afterwards', async () => {
    const { runs, shared } = work();
    const asked = [shared.ask(), shared.ask(new AbortController().signal)];
    runs[0].finish('first');
    expect(await Promise.all(asked)).toEqual(['first', 'first']);
    const again = shared.ask();
    runs[1].finish('second');
    expect(await again).toBe('second');
  });

  test('is stopped when the last one has gone, not before', async () => {
    const { runs, shared } = work();
    const [one, two] = [new AbortController(), new AbortController()];
    const asked = [shared.ask(one.signal), shared.ask(two.signal)];
    one.abort();
    await expect(asked[0]).rejects.toBeInstanceOf(Stopped);
    expect(runs[0].signal.aborted).toBe(false);
    two.abort();
    await expect(asked[1]).rejects.toBeInstanceOf(Stopped);
    expect(runs[0].signal.aborted).toBe(true);
    const anew = shared.ask();
    expect(runs).toHaveLength(2);
    runs[0].fail(new Stopped('cancelled'));
    runs[1].finish('anew');
    expect(await anew).toBe('anew');
  });

  test('goes on for a caller that never goes', async () => {
    const { runs, shared } = work();
    const other = new AbortController();
    const stays = shared.ask();
    const left = shared.ask(other.signal);
    other.abort();
    await expect(left).rejects.toBeInstanceOf(Stopped);
    runs[0].finish('done');
    expect(await stays).toBe('done');
  });

  test('that fails fails for all who wait', async () => {
    const { runs, shared } = work();
    const asked = [shared.ask(), shared.ask(new AbortController().signal)];
    runs[0].fail(new Error('lost'));
    for (const one of asked) await expect(one).rejects.toThrow('lost');
  });
});
