import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';

export interface SrvRecord {
  priority: number;
  weight: number;
  port: number;
  target: string;
}

const SRV = 33;
const [NO_ERROR, NO_NAME] = [0, 3];

const labelsOf = (name: string): Buffer =>
  Buffer.concat([...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.of(0)]);

/** As much of DNS (RFC 1035, over UDP) as SRV records (RFC 2782) need. */
export class DnsServer {
  readonly records = new Map<string, SrvRecord[]>();

  private constructor(private readonly socket: Socket) {}

  static async start(): Promise<DnsServer> {
    const socket = createSocket('udp4');
    const server = new DnsServer(socket);
    socket.on('message', (question, { port, address }) => socket.send(server.answer(question), port, address));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async close(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  private answer(question: Buffer): Buffer {
    const labels: string[] = [];
    let at = 12;
    for (; question[at] > 0; at += question[at] + 1)
      labels.push(question.subarray(at + 1, at + 1 + question[at]).toString());
    const asked = question.subarray(12, at + 5);
    const known = this.records.get(labels.join('.').toLowerCase());
    const found = question.readUInt16BE(at + 1) === SRV ? (known ?? []) : [];
    const header = Buffer.alloc(12);
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x81_80 | (known ? NO_ERROR : NO_NAME), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(found.length, 6);
    return Buffer.concat([header, asked, ...found.map(recordOf)]);
  }
}

function recordOf({ priority, weight, port, target }: SrvRecord): Buffer {
  const data = Buffer.concat([Buffer.alloc(6), labelsOf(target)]);
  data.writeUInt16BE(priority, 0);
  data.writeUInt16BE(weight, 2);
  data.writeUInt16BE(port, 4);
  // The name is that of the question; class IN, for a minute.
  const head = Buffer.from([0xc0, 12, 0, SRV, 0, 1, 0, 0, 0, 60, 0, data.length]);
  return Buffer.concat([head, data]);
}
