/** One block of a stream. Without `data` it is no event, and its `id` is still where to resume from. */
export interface ServerSentEvent {
  id?: string;
  event: string;
  data?: string;
  /** What the server wants to be waited for before the next connection. */
  retryMs?: number;
}

const MOST_CHARACTERS = 16 * 1024 * 1024;
/** A CR at the end may be half of a CRLF. */
const LINE_END = /\r\n|\n|\r(?!$)/;

/** Server-sent events, as the HTML standard parses them; a block that the end of the stream cut off is left out. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let buffer = '';
  let block: ServerSentEvent = { event: 'message' };
  for await (const chunk of body) {
    buffer += decoder.decode(chunk, { stream: true });
    if (buffer.length > MOST_CHARACTERS) throw new Error('an event of the stream is too large');
    for (let end = LINE_END.exec(buffer); end; end = LINE_END.exec(buffer)) {
      const line = buffer.slice(0, end.index);
      buffer = buffer.slice(end.index + end[0].length);
      if (line !== '') {
        readField(line, block);
        continue;
      }
      if (block.id !== undefined || block.data !== undefined || block.retryMs !== undefined) yield block;
      block = { event: 'message' };
    }
  }
}

function readField(line: string, block: ServerSentEvent): void {
  const colon = line.indexOf(':');
  if (colon === 0) return; // a comment, sent to keep the connection open
  const name = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'data') block.data = block.data === undefined ? value : `${block.data}\n${value}`;
  else if (name === 'event') block.event = value;
  else if (name === 'id') block.id = value;
  else if (name === 'retry' && /^\d{1,9}$/.test(value)) block.retryMs = Number(value);
}
