import { WireReader } from './wire-reader.js';
import type { Request } from './wire-reader.js';

const message = (type: string, body = ''): Buffer => {
  const header = Buffer.alloc(5);
  header.write(type);
  header.writeInt32BE(4 + Buffer.byteLength(body), 1);
  return Buffer.concat([header, Buffer.from(body)]);
};
const greeting = (code: number, body = ''): Buffer => {
  const header = Buffer.alloc(8);
  header.writeInt32BE(8 + body.length, 0);
  header.writeInt32BE(code, 4);
  return Buffer.concat([header, Buffer.from(body)]);
};
const STARTUP = greeting(196608, 'user\0postgres\0\0');
const started = (): WireReader => {
  const reader = new WireReader();
  reader.push(STARTUP);
  return reader;
};
const unit = (bytes: Buffer, open = false): Request => ({ type: 'messages', bytes, open });

describe('WireReader', () => {
  it('tells requests for encryption, the startup and what follows apart, in one piece or many', () => {
    const bytes = Buffer.concat([greeting(80877103), STARTUP, message('Q', 'SELECT 1\0'), message('X')]);
    const expected = [
      { type: 'encryption' },
      { type: 'startup' },
      unit(message('Q', 'SELECT 1\0')),
      { type: 'terminate' },
    ];
    expect(new WireReader().push(bytes)).toEqual(expected);
    const reader = new WireReader();
    expect([...bytes].flatMap((byte) => reader.push(Buffer.from([byte])))).toEqual(expected);
  });

  it('knows a request to cancel', () => {
    expect(new WireReader().push(greeting(80877102, '12345678'))).toEqual([{ type: 'cancel' }]);
  });

  it('keeps Parse to Sync together, however they arrive', () => {
    const reader = started();
    const bytes = Buffer.concat([message('P', 'SELECT $1'), message('B', 'x'.repeat(100)), message('E'), message('S')]);
    expect(reader.push(bytes.subarray(0, 40))).toEqual([]);
    expect(reader.push(bytes.subarray(40, 90))).toEqual([]);
    expect(reader.push(bytes.subarray(90))).toEqual([unit(bytes)]);
  });

  it('says that a client which sends Flush has not ended', () => {
    const bytes = Buffer.concat([message('P', 'SELECT 1'), message('H')]);
    expect(started().push(bytes)).toEqual([unit(bytes, true)]);
  });

  it('cuts two requests in one piece', () => {
    const one = message('Q', 'SELECT 1\0');
    const two = Buffer.concat([message('P', 'SELECT 2'), message('S')]);
    expect(started().push(Buffer.concat([one, two]))).toEqual([unit(one), unit(two)]);
  });

  it('takes a message of megabytes in small pieces in time that grows with its size only', () => {
    const reader = started();
    const bytes = Buffer.concat([message('B', 'x'.repeat(32 * 1024 * 1024)), message('S')]);
    const began = performance.now();
    const requests: Request[] = [];
    for (let at = 0; at < bytes.length; at += 4096) requests.push(...reader.push(bytes.subarray(at, at + 4096)));
    expect(requests).toHaveLength(1);
    expect((requests[0] as { bytes: Buffer }).bytes.equals(bytes)).toBe(true);
    // Joining at every piece would copy 128 GiB.
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it.each([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['another version', greeting(131072, 'user\0x\0\0')],
    ['an impossible length', Buffer.from([0, 0, 0, 1, 0, 3, 0, 0])],
  ])('refuses %s', (_, bytes) => {
    expect(() => new WireReader().push(bytes)).toThrow(/PostgreSQL/);
  });

  it('refuses an impossible length after the startup', () => {
    expect(() => started().push(Buffer.from([0x51, 0, 0, 0, 2]))).toThrow('not PostgreSQL');
    expect(() => started().push(Buffer.from([0x51, 0x7f, 0xff, 0xff, 0xff]))).toThrow('not PostgreSQL');
  });
});
