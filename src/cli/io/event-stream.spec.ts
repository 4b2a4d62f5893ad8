import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { readEvents, type StreamEvent } from './event-stream.js';

async function read(...chunks: string[]): Promise<StreamEvent[]> {
  const response = Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: false },
  ) as IncomingMessage;
  const events: StreamEvent[] = [];
  for await (const event of readEvents(response)) events.push(event);
  return events;
}

describe('server-sent events', () => {
  it('are put together from lines cut anywhere, comments left out', async () => {
    const events = await read(': hello\n\nid: 7\nev', 'ent: change\ndata: {"a":\ndata: 1}\r\n', '\r\ndata:plain\n\n');
    expect(events).toEqual([
      { id: '7', event: 'change', data: '{"a":\n1}' },
      { id: '7', event: 'message', data: 'plain' },
    ]);
  });

  it('that were not finished are left out', async () => {
    expect(await read('data: half')).toEqual([]);
  });
});
