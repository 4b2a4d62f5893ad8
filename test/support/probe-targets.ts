import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Something on the loopback interface that a probe may ask, and how it answers for now. */
export interface ProbeTarget<Mood> {
  /** host:port */
  address: string;
  port: number;
  mood: Mood;
  /** How often it was asked. */
  asked: number;
  close(): Promise<void>;
}

async function open<Mood>(mood: Mood, server: (target: ProbeTarget<Mood>) => Server): Promise<ProbeTarget<Mood>> {
  const target = { mood, asked: 0 } as ProbeTarget<Mood>;
  const listening = server(target);
  const sockets = new Set<Socket>();
  listening.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  target.port = (listening.address() as AddressInfo).port;
  target.address = `127.0.0.1:${target.port}`;
  target.close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => listening.close(() => resolve()));
  };
  return target;
}

/** Answers with this status; 0 never answers, 302 leads to itself. */
export const httpTarget = (): Promise<ProbeTarget<number>> =>
  open(200, (target) =>
    http.createServer((_, response) => {
      target.asked++;
      if (target.mood === 0) return;
      response.writeHead(target.mood, { location: `http://${target.address}/` }).end('x');
    }),
  );

/** Answers the gRPC health protocol with this serving status, or with a gRPC error where it is negative. */
export const grpcTarget = (): Promise<ProbeTarget<number> & { services: string[] }> => {
  const services: string[] = [];
  const opened = open(1, (target) => {
    const server = http2.createServer();
    server.on('stream', (stream, headers) => {
      target.asked++;
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const message = Buffer.concat(chunks).subarray(5);
        services.push(`${headers[':path']} ${message.subarray(2).toString()}`);
        if (target.mood < 0)
          return stream.respond(
            { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(-target.mood) },
            { endStream: true },
          );
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(Buffer.from([0, 0, 0, 0, 2, 8, target.mood]));
      });
    });
    return server;
  });
  return opened.then((target) => Object.assign(target, { services }));
};

export interface RedisMood {
  password?: string;
  /** Answers this to PING. */
  pong: string;
}

/** Speaks as much Redis as a probe asks for. */
export const redisTarget = (): Promise<ProbeTarget<RedisMood>> =>
  open<RedisMood>({ pong: '+PONG' }, (target) =>
    net.createServer((socket) => {
      let known = false;
      socket.on('data', (chunk) => {
        target.asked++;
        const words = chunk
          .toString()
          .split('\r\n')
          .filter((_, i) => i > 0 && i % 2 === 0);
        if (words[0] === 'AUTH') {
          known = words.at(-1) === target.mood.password;
          socket.write(known ? '+OK\r\n' : '-WRONGPASS invalid\r\n');
        } else socket.write(target.mood.password && !known ? '-NOAUTH required\r\n' : `${target.mood.pong}\r\n`);
      });
    }),
  );

/** Takes connections, and says nothing. */
export const tcpTarget = (): Promise<ProbeTarget<undefined>> =>
  open(undefined, (target) => net.createServer(() => void target.asked++));

/** A way by TCP to a PostgreSQL that listens on a socket file or anywhere else, and its URL there. */
export async function doorTo(url: string): Promise<ProbeTarget<undefined> & { url: string }> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const folder = searchParams.get('host');
  const there = folder
    ? { path: `${folder}/.s.PGSQL.${searchParams.get('port') ?? (port || 5432)}` }
    : { host: hostname, port: Number(port) || 5432 };
  const door = await open(undefined, () =>
    net.createServer((socket) => {
      const inner = net.connect(there as net.NetConnectOpts);
      inner.on('error', () => socket.destroy());
      socket.pipe(inner).pipe(socket);
    }),
  );
  return Object.assign(door, { url: `postgresql://${username}:${password}@${door.address}${pathname}` });
}
