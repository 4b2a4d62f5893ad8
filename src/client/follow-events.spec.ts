import { followEvents, type FollowedEvent, type Following } from './follow-events.js';

const cut = new Error('cut');
type Script = readonly (string | Error)[];

async function* connection(script: Script): AsyncGenerator<Uint8Array> {
  for (const part of script) {
    if (part instanceof Error) throw part;
    yield await Promise.resolve(Buffer.from(part));
  }
}

/** Follows over these connections, one after the other; an Error instead of one is a connection that is not made. */
async function follow(
  scripts: readonly (Script | Error)[],
  count: number,
  more: Partial<Following> = {},
): Promise<{ events: FollowedEvent[]; begun: (string | undefined)[]; waits: number[] }> {
  const left = [...scripts];
  const [events, begun, waits]: [FollowedEvent[], (string | undefined)[], number[]] = [[], [], []];
  const following = followEvents({
    open: async (lastEventId) => {
      begun.push(lastEventId);
      const script = await Promise.resolve(left.shift() ?? cut);
      if (script instanceof Error) throw script;
      return connection(script);
    },
    passes: (error) => error === cut,
    onLost: (delay) => waits.push(delay),
    firstDelayMs: 4,
    random: () => 1,
    ...more,
  });
  for await (const event of following) {
    events.push(event);
    if (events.length === count) break;
  }
  return { events, begun, waits };
}

const event = (id: number): string => `id: ${id}\nevent: e\ndata: ${id}\n\n`;

describe('following events', () => {
  it('goes on after the last one when a connection breaks or ends, and repeats none', async () => {
    const { events, begun } = await follow([[event(1), event(2), cut], [event(2) + event(3)], [event(4)]], 4);
    expect(events.map(({ data }) => data)).toEqual(['1', '2', '3', '4']);
    expect(begun).toEqual([undefined, '2', '3']);
  });

  it('begins where it is told, and goes on from where the server has looked', async () => {
    const { begun } = await follow([[event(8), 'id: 40\n\n', cut], [event(41)]], 2, { lastEventId: '7' });
    expect(begun).toEqual(['7', '40']);
  });

  it('waits longer after each connection that brought nothing, or as the server says', async () => {
    const { waits } = await follow([cut, cut, cut, [event(1), cut], [event(2)]], 2);
    expect(waits).toEqual([4, 8, 16, 4]);
    const told = await follow([cut, [event(1)]], 1, { passes: () => 9 });
    expect(told.waits).toEqual([9]);
    const atOnce = await follow([cut, cut, [event(1)]], 1, { passes: () => 0 });
    expect(atOnce.waits).toEqual([4, 8]);
    const retry = await follow([[`retry: 6\n\n${event(1)}`, cut], [event(2)]], 2, { firstDelayMs: undefined });
    expect(retry.waits).toEqual([6]);
  });

  it('ends by what does not pass', async () => {
    const refused = new Error('refused');
    await expect(follow([[event(1)], refused], 5)).rejects.toBe(refused);
  });

  it('ends by its signal, also while it waits', async () => {
    const stop = new AbortController();
    const following = follow([cut], 1, { signal: stop.signal, firstDelayMs: 60_000 });
    setTimeout(() => stop.abort(), 5);
    await expect(following).rejects.toMatchObject({ name: 'AbortError' });
  });
});
