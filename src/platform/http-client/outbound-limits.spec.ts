import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { OtherSide, clientOf, failure } from '../../../test/support/other-side.js';
import { AllowedTargets } from './allowed-targets.js';
import { OutboundHttp } from './outbound-http.js';

describe('the way out limits', () => {
  const other = new OtherSide();
  afterEach(() => other.close());

  it('the body, as it is said and as it comes', async () => {
    const port = await other.serve(({ url }, response) => {
      if (url === '/said') response.setHeader('content-length', 2000);
      response.write('x'.repeat(1000));
      response.end('x'.repeat(1000));
    });
    const limits = { bodyBytes: 1500 };
    expect(await failure(other.sent(port, '/said', { limits }))).toBe('too_large');
    expect(await failure(other.sent(port, '/streamed', { limits }))).toBe('too_large');
    expect((await other.sent(port, '/said', { limits: { bodyBytes: 2000 } })).body).toHaveLength(2000);
  });

  it('the body after decompression', async () => {
    const bomb = Buffer.alloc(20_000_000);
    const bodies: Record<string, Buffer> = {
      gzip: gzipSync(bomb),
      br: brotliCompressSync(bomb),
      deflate: deflateSync(bomb),
    };
    const port = await other.serve(({ url }, response) => {
      const encoding = url!.slice(1);
      response.writeHead(200, { 'content-encoding': encoding }).end(bodies[encoding] ?? gzipSync('tiny'));
    });
    for (const encoding of ['gzip', 'br', 'deflate'])
      expect(await failure(other.sent(port, `/${encoding}`, { limits: { bodyBytes: 100_000 } }))).toBe('too_large');
    bodies.gzip = gzipSync('small');
    expect((await other.sent(port, '/gzip')).body.toString()).toBe('small');
    expect(await failure(other.sent(port, '/gzip,gzip'))).toBe('bad_answer');
    bodies.gzip = Buffer.from('not compressed');
    bodies.br = Buffer.from('not compressed');
    expect(await failure(other.sent(port, '/gzip'))).toBe('bad_answer');
    expect(await failure(other.sent(port, '/br'))).toBe('bad_answer');
  });

  it('the headers', async () => {
    const port = await other.serve((_, response) => response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end());
    expect(await failure(other.sent(port))).toBe('too_large');
  });

  it('the time to connect, to answer, and altogether', async () => {
    const silent = await other.raw(() => undefined);
    const slow = await other.raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const began = performance.now();
    expect(await failure(other.sent(silent, '/', { limits: { headersMs: 100 } }))).toBe('timeout');
    expect(await failure(other.sent(slow, '/', { totalMs: 200 }))).toBe('timeout');
    const tls = clientOf().http.send(`https://good.example:${silent}/`, { limits: { connectMs: 100 } });
    expect(await failure(tls)).toBe('timeout');
    const never = new OutboundHttp(AllowedTargets.NONE, () => new Promise(() => undefined));
    expect(await failure(never.send('http://slow-dns.example/', { totalMs: 100 }))).toBe('timeout');
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it('and the caller gives up when it wants to', async () => {
    const silent = await other.raw(() => undefined);
    expect(await failure(other.sent(silent, '/', { signal: AbortSignal.timeout(50) }))).toBe('timeout');
    expect(await failure(other.sent(silent, '/', { signal: AbortSignal.abort() }))).toBe('timeout');
  });
});
