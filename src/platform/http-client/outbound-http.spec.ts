import https from 'node:https';
import { TEST_CERTIFICATE, TEST_KEY } from '../../../test/support/test-certificate.js';
import { OtherSide, clientOf, failure } from '../../../test/support/other-side.js';
import { AllowedTargets } from './allowed-targets.js';
import type { OutboundError } from './outbound-error.js';
import type { OutboundRequest } from './outbound-http.js';

describe('the way out', () => {
  const other = new OtherSide();
  afterEach(() => other.close());

  it('sends what it is given and answers what comes back, errors of the other side too', async () => {
    const port = await other.serve((_, response) => response.writeHead(418, { 'x-a': 'b' }).end('short and stout'));
    const answer = await other.sent(port, '/tea?pot=1#x', { method: 'POST', body: '{}', headers: { 'X-Key': 'k' } });
    expect(answer).toMatchObject({ status: 418, url: `http://good.example:${port}/tea?pot=1` });
    expect([answer.body.toString(), answer.headers['x-a']]).toEqual(['short and stout', 'b']);
    const [{ request, body }] = other.seen;
    expect([request.method, request.url, body]).toEqual(['POST', '/tea?pot=1', '{}']);
    expect(request.headers).toMatchObject({ host: `good.example:${port}`, 'x-key': 'k', 'content-length': '2' });
  });

  describe('keeps to public addresses', () => {
    it('refuses a name that leads inside, before anything is sent', async () => {
      const port = await other.serve((_, response) => response.end('secret'));
      const { http: out } = clientOf({ 'mixed.example': [['127.0.0.1', '127.0.0.2']] });
      expect(await failure(out.send(`http://bad.example:${port}/`))).toBe('refused');
      expect(await failure(out.send(`http://mixed.example:${port}/`))).toBe('refused');
      expect(other.seen).toEqual([]);
    });

    it('refuses addresses given as such, without asking for a name', async () => {
      const port = await other.serve((_, response) => response.end('secret'));
      const { http: out, names } = clientOf();
      const hosts = [
        '127.0.0.2',
        '[::1]',
        '[::ffff:127.0.0.2]',
        '[::ffff:7f00:2]',
        '0.0.0.0',
        '[::]',
        '[64:ff9b::7f00:2]',
      ];
      for (const host of hosts) expect(await failure(out.send(`http://${host}:${port}/`))).toBe('refused');
      expect(await failure(out.send('http://169.254.169.254/latest/meta-data/'))).toBe('refused');
      for (const host of ['2130706434', '0x7f.2', '0177.0.0.2', '127.2'])
        expect(await failure(out.send(`http://${host}:${port}/`))).toBe('bad_url');
      expect([other.seen, names.asked]).toEqual([[], []]);
    });

    it('says nothing of the address behind a name', async () => {
      const { http: out } = clientOf();
      const error = await out.send('http://bad.example/').catch((reason: OutboundError) => reason);
      expect(error).toMatchObject({ status: 422, code: 'outbound.refused' });
      expect((error as OutboundError).message).toContain('bad.example');
      expect((error as OutboundError).message).not.toContain('127');
    });

    it('connects to the address that was checked, whatever the name says a moment later', async () => {
      const port = await other.serve((_, response) => response.end('ok'));
      const { http: out, names } = clientOf({ 'rebinding.example': [['127.0.0.1'], ['127.0.0.2']] });
      await out.send(`http://rebinding.example:${port}/`);
      expect(names.asked).toEqual(['rebinding.example']);
      expect(other.seen[0].local).toMatch(/127\.0\.0\.1$/);
      expect(await failure(out.send(`http://rebinding.example:${port}/`))).toBe('refused');
      expect(other.seen).toHaveLength(1);
    });

    it('opens what is named for one purpose for that purpose', async () => {
      const port = await other.serve((_, response) => response.end('ok'));
      const { http: out } = clientOf();
      const allowed = AllowedTargets.parse(['bad.example'])!;
      expect((await out.send(`http://bad.example:${port}/`, { allowed })).status).toBe(200);
      expect(await failure(out.send(`http://bad.example:${port}/`))).toBe('refused');
    });
  });

  describe('redirects', () => {
    it('are answered as they are unless they are asked for', async () => {
      const port = await other.serve((_, response) =>
        response.writeHead(302, { location: 'http://bad.example/' }).end(),
      );
      expect((await other.sent(port)).status).toBe(302);
      expect(other.seen).toHaveLength(1);
    });

    it.each(['http://bad.example:PORT/', 'http://127.0.0.2:PORT/', '//bad.example:PORT/', 'http://[::1]:PORT/'])(
      'to %s are refused',
      async (target) => {
        const port = await other.serve(({ headers }, response) => {
          const location = target.replace('PORT', headers.host!.split(':')[1]);
          response.writeHead(302, { location }).end();
        });
        expect(await failure(other.sent(port, '/', { redirects: 3 }))).toBe('refused');
        expect(other.seen).toHaveLength(1);
      },
    );

    it.each(['ftp://good.example/', 'http://user:pw@good.example/', 'http://2130706433/', 'file:///etc/passwd'])(
      'to %s are refused',
      async (location) => {
        const port = await other.serve((_, response) => response.writeHead(301, { location }).end());
        expect(await failure(other.sent(port, '/', { redirects: 3 }))).toBe('bad_url');
      },
    );

    it('resolve the name anew, and end', async () => {
      const port = await other.serve((_, response) => response.writeHead(307, { location: '/again' }).end());
      const rebinding = clientOf({ 'rebinding.example': [['127.0.0.1'], ['127.0.0.2']] }).http;
      expect(await failure(rebinding.send(`http://rebinding.example:${port}/`, { redirects: 3 }))).toBe('refused');
      expect(other.seen).toHaveLength(1);
      expect(await failure(other.sent(port, '/', { redirects: 3 }))).toBe('redirected');
      expect(other.seen).toHaveLength(5);
    });

    it('take no credentials and no body to another origin', async () => {
      const last = await other.serve((_, response) => response.end('there'));
      const port = await other.serve(({ url }, response) =>
        response.writeHead(url === '/303' ? 303 : 307, { location: `http://good.example:${last}/` }).end(),
      );
      const headers = { Authorization: 'Bearer x', 'X-API-Key': 'y', Cookie: 'z', 'Content-Type': 'text/plain' };
      const request: OutboundRequest = { method: 'POST', body: 'payload', headers, redirects: 1 };
      await other.sent(port, '/303', request);
      await other.sent(port, '/307', request);
      const [, after303, , after307] = other.seen;
      for (const { request: arrived } of [after303, after307])
        for (const name of ['authorization', 'x-api-key', 'cookie']) expect(arrived.headers[name]).toBeUndefined();
      expect([after303.request.method, after303.body, after303.request.headers['content-type']]).toEqual([
        'GET',
        '',
        undefined,
      ]);
      expect([after307.request.method, after307.body]).toEqual(['POST', 'payload']);
    });
  });

  it('tells what went wrong', async () => {
    const noHttp = await other.raw((socket) => socket.end('220 smtp ready\r\n'));
    const cut = await other.raw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
    expect(await failure(other.sent(noHttp))).toBe('bad_answer');
    expect(await failure(other.sent(cut))).toBe('unreachable');
    expect(await failure(other.sent(1))).toBe('unreachable');
    expect(await failure(clientOf().http.send('http://nobody.example/'))).toBe('unreachable');
    expect(await failure(other.sent(cut, '/', { headers: { 'x-a': 'b\r\nx-c: d' } }))).toBe('bad_request');
    for (const name of ['Host', 'Transfer-Encoding', 'Connection', 'Content-Length'])
      expect(await failure(other.sent(cut, '/', { headers: { [name]: 'x' } }))).toBe('bad_request');
  });

  it('checks certificates against the name, not the address', async () => {
    const server = https.createServer(
      { key: TEST_KEY, cert: TEST_CERTIFICATE },
      other.recording((_, response) => response.end('ok')),
    );
    const port = await other.listen(server);
    const names = { 'hooks.example': [['127.0.0.1']] };
    const trusting = clientOf(names, TEST_CERTIFICATE).http;
    expect((await trusting.send(`https://hooks.example:${port}/`)).body.toString()).toBe('ok');
    expect(await failure(trusting.send(`https://good.example:${port}/`))).toBe('unreachable');
    expect(await failure(clientOf(names).http.send(`https://hooks.example:${port}/`))).toBe('unreachable');
  });

  it('never goes from https to http', async () => {
    const server = https.createServer(
      { key: TEST_KEY, cert: TEST_CERTIFICATE },
      other.recording((_, response) => response.writeHead(302, { location: 'http://good.example/' }).end()),
    );
    const port = await other.listen(server);
    const { http: out } = clientOf({ 'hooks.example': [['127.0.0.1']] }, TEST_CERTIFICATE);
    expect(await failure(out.send(`https://hooks.example:${port}/`, { redirects: 3 }))).toBe('redirected');
  });
});
