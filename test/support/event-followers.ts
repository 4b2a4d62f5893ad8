import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A message as it came over the wire. */
// The message's shape is what a test asserts.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Message = Record<string, any>;

/** One client of `/ws`, keeping all it gets. */
export class SocketFollower {
  readonly got: Message[] = [];
  closed?: { code: number; reason: string };

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.got.push(JSON.parse(data.toString()) as Message));
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    socket.on('error', () => undefined);
  }

  /** Connects; resolves when open. Without a key it says nothing of who it is. */
  static async open(
    url: string,
    key?: string,
    options: { path?: string; protocols?: string[]; headers?: Record<string, string> } = {},
  ): Promise<SocketFollower> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${options.path ?? '/ws'}`, options.protocols ?? [], {
      headers: { ...(key && { 'x-api-key': key }), ...options.headers },
    });
    const follower = new SocketFollower(socket);
    await once(socket, 'open');
    return follower;
  }

  /** Opens and subscribes; resolves when subscribed. */
  static async follow(url: string, key: string, subscription: Message = {}): Promise<SocketFollower> {
    const follower = await SocketFollower.open(url, key);
    follower.say({ type: 'subscribe', ...subscription });
    await follower.next('subscribed');
    return follower;
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The first message of a type, now or when it comes. */
  async next(type: string, ms = 20_000): Promise<Message> {
    for (const end = Date.now() + ms; ; await new Promise((resolve) => setTimeout(resolve, 5))) {
      const found = this.got.find((message) => message.type === type);
      if (found) return found;
      if (this.closed) throw new Error(`Closed with ${this.closed.code} ${this.closed.reason} before ${type}`);
      if (Date.now() > end) throw new Error(`No ${type} within ${ms} ms`);
    }
  }

  /** What was delivered of the feed. */
  get events(): Message[] {
    return this.got.filter((message) => typeof message.at === 'string');
  }

  get seqs(): number[] {
    return this.events.map(({ seq }) => seq as number);
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.socket.terminate();
  }
}

/** One stream of server-sent events, keeping all it gets. */
export class StreamFollower {
  readonly got: { id?: string; event?: string; data: Message }[] = [];
  /** Everything as it came, comments and heartbeats too. */
  text = '';
  ended = false;
  private readonly abort = new AbortController();
  response: Response;

  /** Connects; resolves when the head of the answer is there. */
  static async open(
    url: string,
    key: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<StreamFollower> {
    const follower = new StreamFollower();
    follower.response = await fetch(url + path, {
      headers: { accept: 'text/event-stream', 'x-api-key': key, ...headers },
      signal: follower.abort.signal,
    });
    if (follower.response.ok) void follower.read();
    return follower;
  }

  get seqs(): number[] {
    return this.got.map(({ data }) => data.seq as number);
  }

  cut(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of this.response.body!) {
        const text = decoder.decode(chunk, { stream: true });
        this.text += text;
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) this.take(block);
      }
    } catch (error) {
      if (!this.abort.signal.aborted) this.text += String(error);
    }
    this.ended = true;
  }

  private take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.split(':', 1)[0], line.slice(line.indexOf(':') + 2)]));
    const data = fields.get('data');
    if (data !== undefined)
      this.got.push({ id: fields.get('id'), event: fields.get('event'), data: JSON.parse(data) as Message });
  }
}
