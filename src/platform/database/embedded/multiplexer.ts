import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import { WireReader } from './wire-reader.js';
import type { Request } from './wire-reader.js';

interface Client {
  socket: Socket;
  reader: WireReader;
  /** Sent Flush, but not Sync yet: the session is in the middle of its request. */
  open: boolean;
}

interface Unit {
  client?: Client;
  run: () => Promise<void>;
}

export interface MultiplexerOptions {
  /** A client that keeps a transaction open and says nothing for so long is put out: everyone waits for it. */
  idleInTransactionMs: number;
}

/**
 * Serves the one session of PGlite to many connections. A request runs whole; from BEGIN to its end a transaction has
 * the session to itself and the others wait in order. What a gone client left open is rolled back.
 *
 * pglite-socket 0.2.17 would not do: there a parameter of several megabytes comes in pieces, and between its Parse and its Bind
 * another connection's Parse takes the unnamed statement.
 */
export class Multiplexer {
  private readonly server: Server;
  private readonly clients = new Set<Client>();
  private readonly waiting: Unit[] = [];
  private holder: Client | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private busy = false;
  private closed = false;
  private welcome: Buffer = Buffer.alloc(0);

  constructor(
    private readonly db: PGlite,
    private readonly options: MultiplexerOptions,
  ) {
    this.server = createServer((socket) => this.accept(socket));
  }

  /** Listens on a socket file, or on a port of the loopback interface (0: a free one); gives the port. */
  async listen(where: string | number): Promise<number | undefined> {
    this.welcome = await this.greeting();
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      if (typeof where === 'string') this.server.listen(where, resolve);
      else this.server.listen(where, '127.0.0.1', resolve);
    });
    const address = this.server.address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  /** Runs work of the server itself between two requests, outside of every transaction. */
  exclusive(run: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.enqueue({ run: () => run().then(resolve, reject) });
    });
  }

  /** True while nobody asks anything. */
  get idle(): boolean {
    return !this.busy && !this.holder && this.waiting.length === 0;
  }

  /** Ends every connection after the request that is running. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.idleTimer);
    const ended = new Promise((resolve) => this.server.close(resolve));
    this.waiting.length = 0;
    for (const client of this.clients) client.socket.destroy();
    await ended;
    while (this.busy) await new Promise((resolve) => setImmediate(resolve));
    await this.db.exec('ROLLBACK');
  }

  /** What PGlite answers to a startup message, the same for everyone: kept, so that a connection need not wait its turn. */
  private async greeting(): Promise<Buffer> {
    const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0');
    const startup = Buffer.alloc(8);
    startup.writeInt32BE(8 + parameters.length, 0);
    startup.writeInt32BE(196608, 4);
    return this.execute(Buffer.concat([startup, parameters]));
  }

  private accept(socket: Socket): void {
    const client: Client = { socket, reader: new WireReader(), open: false };
    this.clients.add(client);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      try {
        for (const request of client.reader.push(chunk)) this.take(client, request);
      } catch {
        socket.destroy();
      }
    });
    // 'close' follows and tidies up.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.leave(client));
  }

  private take(client: Client, request: Request): void {
    if (!this.clients.has(client)) return;
    if (request.type === 'encryption') client.socket.write('N');
    else if (request.type === 'startup') client.socket.write(this.welcome);
    else if (request.type !== 'messages') client.socket.end();
    else this.enqueue({ client, run: () => this.answer(client, request.bytes, request.open) });
  }

  private async answer(client: Client, bytes: Buffer, open: boolean): Promise<void> {
    const answer = await this.execute(bytes);
    client.open = open;
    this.holder = open || this.db.isInTransaction() ? client : undefined;
    if (client.socket.writable) client.socket.write(answer);
    if (this.holder && client.socket.destroyed) await this.release();
  }

  private leave(client: Client): void {
    this.forget(client);
    if (this.holder === client && !this.busy) this.enqueue({ client, run: () => this.release() });
  }

  /** What it still asked must not run: it may have been meant for a transaction that is no more. */
  private forget(client: Client): void {
    this.clients.delete(client);
    for (let at = this.waiting.length - 1; at >= 0; at--) {
      if (this.waiting[at].client === client) this.waiting.splice(at, 1);
    }
  }

  /** Rolls back what the holder left open. */
  private async release(): Promise<void> {
    const client = this.holder;
    if (!client) return;
    this.forget(client);
    if (client.open) await this.execute(Buffer.from([0x53, 0, 0, 0, 4]));
    if (this.db.isInTransaction()) await this.db.exec('ROLLBACK');
    client.open = false;
    this.holder = undefined;
  }

  private enqueue(unit: Unit): void {
    if (this.closed) return;
    this.waiting.push(unit);
    if (!this.busy) void this.work();
  }

  private next(): Unit | undefined {
    if (!this.holder) return this.waiting.shift();
    const at = this.waiting.findIndex((unit) => unit.client === this.holder);
    return at < 0 ? undefined : this.waiting.splice(at, 1)[0];
  }

  private async work(): Promise<void> {
    this.busy = true;
    clearTimeout(this.idleTimer);
    for (let unit = this.next(); unit; unit = this.next()) {
      await unit.run();
      // Between two requests sockets are read, answers leave, and the service's signs of life are answered.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.holder?.socket.destroyed) await this.release();
    }
    this.busy = false;
    if (this.holder) this.idleTimer = setTimeout(() => this.expel(), this.options.idleInTransactionMs).unref();
  }

  private expel(): void {
    const client = this.holder;
    if (!client || this.busy) return;
    this.enqueue({
      client,
      run: async () => {
        await this.release();
        client.socket.end(fatal('25P03', 'terminating connection due to idle-in-transaction timeout'));
      },
    });
  }

  private async execute(bytes: Uint8Array): Promise<Buffer> {
    const chunks: Buffer[] = [];
    // The bytes are a view of the WASM memory, gone after the call.
    const keep = (data: Uint8Array): void => void chunks.push(Buffer.from(data));
    await this.db.execProtocolRawStream(bytes, { syncToFs: false, onRawData: keep });
    return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  }
}

/** An ErrorResponse that ends a connection. */
function fatal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const header = Buffer.alloc(5);
  header.write('E');
  header.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([header, fields]);
}
