import type { IncomingMessage } from 'node:http';

export interface StreamEvent {
  id?: string;
  event: string;
  data: string;
}

const MAX_EVENT_BYTES = 16 * 1024 * 1024;

/** Server-sent events of one answer, as the HTML standard parses them. */
export async function* readEvents(response: IncomingMessage): AsyncGenerator<StreamEvent> {
  response.setEncoding('utf8');
  let buffer = '';
  let event: StreamEvent = { event: 'message', data: '' };
  for await (const chunk of response) {
    buffer += chunk as string;
    if (buffer.length > MAX_EVENT_BYTES) throw new Error('an event of the stream is too large');
    let end = buffer.search(/\r\n|\n|\r(?!$)/);
    while (end !== -1) {
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + (buffer.startsWith('\r\n', end) ? 2 : 1));
      if (line === '') {
        if (event.data !== '') yield { ...event, data: event.data.slice(0, -1) };
        event = { id: event.id, event: 'message', data: '' };
      } else {
        readField(line, event);
      }
      end = buffer.search(/\r\n|\n|\r(?!$)/);
    }
  }
}

function readField(line: string, event: StreamEvent): void {
  const colon = line.indexOf(':');
  if (colon === 0) return; // a comment, sent to keep the connection open
  const name = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'data') event.data += `${value}\n`;
  else if (name === 'event') event.event = value;
  else if (name === 'id') event.id = value;
}
