import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A way to a service that breaks when a test says so: TCP, so that it knows no more of HTTP than a cable does. */
export class BreakingProxy {
  /** Connections that were made. */
  connections = 0;
  /** So many answers do not arrive: their connection is cut once the service has begun to answer. */
  lostAnswers = 0;
  /** So many answers break off after their first bytes. */
  halfAnswers = 0;
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: { host: string; port: number },
  ) {
    server.on('connection', (client: Socket) => this.join(client));
  }

  static async before(url: string): Promise<BreakingProxy> {
    const { hostname, port } = new URL(url);
    const server = createServer();
    const proxy = new BreakingProxy(server, { host: hostname, port: Number(port) });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Every connection there is, at once. */
  cut(): void {
    for (const socket of this.open) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    this.connections += 1;
    const service = connect(this.target);
    const end = (): void => {
      client.destroy();
      service.destroy();
    };
    for (const socket of [client, service]) {
      this.open.add(socket);
      socket.on('error', end).on('close', () => {
        this.open.delete(socket);
        end();
      });
    }
    client.pipe(service);
    service.on('data', (bytes) => {
      if (this.lostAnswers > 0) {
        this.lostAnswers -= 1;
        end();
      } else if (this.halfAnswers > 0) {
        this.halfAnswers -= 1;
        client.write(bytes.subarray(0, bytes.length - 5), end);
      } else {
        client.write(bytes);
      }
    });
  }
}
