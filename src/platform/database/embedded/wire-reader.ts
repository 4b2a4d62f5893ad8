const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
/** PostgreSQL's own limit of a message. */
const MOST_BYTES = 0x3fffffff;
const HEADER = 5;
const [SYNC, QUERY, FLUSH, CALL, TERMINATE] = ['S', 'Q', 'H', 'F', 'X'].map((letter) => letter.charCodeAt(0));

/** What a client asked, cut where the server owes an answer. */
export type Request =
  | { type: 'encryption' | 'startup' | 'cancel' | 'terminate' }
  /** Whole messages from one answer to the next; `open` while the client has not ended it by Sync. */
  | { type: 'messages'; bytes: Buffer; open: boolean };

/**
 * Cuts a client's bytes into requests (PostgreSQL protocol 3, "Message Formats"). Parse, Bind, Describe, Execute and
 * Sync stay together: they share the unnamed statement of the one session that everybody uses.
 */
export class WireReader {
  private chunks: Buffer[] = [];
  private size = 0;
  private needed = HEADER;
  private started = false;
  private unit: Buffer[] = [];

  /** Throws when the bytes are not the protocol. */
  push(chunk: Buffer): Request[] {
    this.chunks.push(chunk);
    this.size += chunk.length;
    const requests: Request[] = [];
    if (this.size < this.needed) return requests;
    // A message of megabytes arrives in many chunks; they are joined once, when the last one is there.
    let rest = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    for (let length = this.lengthOf(rest); rest.length >= length; length = this.lengthOf(rest)) {
      const request = this.started ? this.message(rest.subarray(0, length)) : this.greeting(rest);
      if (request) requests.push(request);
      rest = rest.subarray(length);
    }
    this.needed = this.lengthOf(rest);
    this.chunks = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
    return requests;
  }

  /** Bytes of the message that `rest` begins with; a header's worth while it is not known. */
  private lengthOf(rest: Buffer): number {
    const at = this.started ? 1 : 0;
    if (rest.length < at + 4) return HEADER;
    const length = rest.readInt32BE(at) + at;
    if (length < at + 4 || length > MOST_BYTES)
      throw new Error(`A message of ${length} bytes is not PostgreSQL's protocol.`);
    return length;
  }

  private greeting(bytes: Buffer): Request {
    const code = bytes.length >= 8 ? bytes.readInt32BE(4) : 0;
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { type: 'encryption' };
    if (code === CANCEL_REQUEST) return { type: 'cancel' };
    if (code >> 16 !== 3) throw new Error('The client speaks another protocol than PostgreSQL 3.');
    this.started = true;
    return { type: 'startup' };
  }

  private message(bytes: Buffer): Request | undefined {
    const type = bytes[0];
    if (type === TERMINATE) return { type: 'terminate' };
    this.unit.push(bytes);
    if (type !== SYNC && type !== QUERY && type !== FLUSH && type !== CALL) return undefined;
    const whole = this.unit.length === 1 ? bytes : Buffer.concat(this.unit);
    this.unit = [];
    return { type: 'messages', bytes: whole, open: type === FLUSH };
  }
}
