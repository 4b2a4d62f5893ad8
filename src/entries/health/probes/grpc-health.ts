/** The two messages of grpc.health.v1.Health/Check, in the wire format of protocol buffers, framed as gRPC frames them. */

const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
export type ServingStatus = (typeof STATUSES)[number];

const FRAME = 5;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

/** `HealthCheckRequest { string service = 1; }`; an empty name asks for the server as a whole. */
export function requestOf(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name]);
  const frame = Buffer.alloc(FRAME);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

/** `HealthCheckResponse { ServingStatus status = 1; }`. @throws Error when it cannot be read */
export function answerOf(bytes: Buffer): ServingStatus {
  if (bytes.length < FRAME || bytes[0] !== 0 || bytes.readUInt32BE(1) !== bytes.length - FRAME) throw unreadable();
  const reader = new Reader(bytes.subarray(FRAME));
  let status = 0;
  while (!reader.ended) {
    const tag = reader.varint();
    if (tag === 0x08) status = reader.varint();
    else reader.skip(tag & 7);
  }
  return STATUSES[status] ?? 'UNKNOWN';
}

const unreadable = (): Error => new Error('The answer cannot be read.');

class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get ended(): boolean {
    return this.at === this.bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 7) {
      if (this.ended) throw unreadable();
      const byte = this.bytes[this.at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw unreadable();
  }

  /** Past a field of this wire type. */
  skip(type: number): void {
    if (type === 0) this.varint();
    else if (type === 1) this.jump(8);
    else if (type === 2) this.jump(this.varint());
    else if (type === 5) this.jump(4);
    else throw unreadable();
  }

  private jump(bytes: number): void {
    this.at += bytes;
    if (this.at > this.bytes.length) throw unreadable();
  }
}
