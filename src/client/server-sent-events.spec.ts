import { readEvents, type ServerSentEvent } from './server-sent-events.js';

async function* stream(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
}

async function read(...chunks: (string | Uint8Array)[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(stream(chunks))) events.push(event);
  return events;
}

describe('server-sent events', () => {
  it('are put together from lines cut anywhere, comments left out', async () => {
    const events = await read(': hello\n\nid: 7\nev', 'ent: change\ndata: {"a":\ndata: 1}\r\n', '\r\ndata:plain\n\n');
    expect(events).toEqual([
      { id: '7', event: 'change', data: '{"a":\n1}' },
      { event: 'message', data: 'plain' },
    ]);
  });

  it('are put together from characters cut anywhere', async () => {
    const bytes = Buffer.from('data: Größe\n\n');
    const chunks = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    expect(await read(...chunks)).toEqual([{ event: 'message', data: 'Größe' }]);
  });

  it('tell where to resume and how long to wait without being events', async () => {
    expect(await read('retry: 2000\nid: 4\n\n: ping\nid: 9\n\n')).toEqual([
      { event: 'message', retryMs: 2000, id: '4' },
      { event: 'message', id: '9' },
    ]);
  });

  it('that were not finished are left out', async () => {
    expect(await read('data: half')).toEqual([]);
    expect(await read('data: half\n')).toEqual([]);
  });
});
