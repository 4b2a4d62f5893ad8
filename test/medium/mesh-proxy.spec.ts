import http from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { MESH, ROUTES, aRoute, explained, ok } from './mesh-fixture.js';

const ENV = { MESH_PROXY: 'true', MESH_ALLOWED_HOSTS: '127.0.0.1', RATE_LIMIT: 'off' };

describe('the proxy of the mesh', () => {
  let service: TestApp;
  const servers: Server[] = [];
  beforeAll(async () => (service = await testApp({ env: ENV })));
  afterAll(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await service.close();
  });

  async function serve(listener: RequestListener): Promise<number> {
    const server = http.createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
  const to = (port: number, fields: object = {}) =>
    aRoute(service.api, { destinations: [{ name: 'there', host: '127.0.0.1', port }], ...fields });
  const at = (route: { name: string }, path = '/'): string => `${MESH}/proxy/${route.name}${path}`;

  /** A request by hand, for what fetch does not show. */
  function sent(path: string, options: http.RequestOptions = {}, write?: (request: http.ClientRequest) => void) {
    return new Promise<{ answer: IncomingMessage; body: string }>((resolve, reject) => {
      const headers = { 'x-api-key': service.adminKey, ...(options.headers as object) };
      const request = http.request(service.url + path, { ...options, headers }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => (body += text));
        answer.on('end', () => resolve({ answer, body }));
        answer.on('error', reject);
      });
      request.on('error', reject);
      if (write) write(request);
      else request.end();
    });
  }

  it('passes requests and answers on as they are, but for what belongs to the connection or the registry', async () => {
    const port = await serve((request, response) => {
      response.writeHead(201, 'Made', { 'X-There': 'yes', 'Set-Cookie': ['a=1', 'b=2'], 'Keep-Alive': 'timeout=9' });
      response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers }));
    });
    const route = await to(port, {
      match: { path: '/v1' },
      rewrite: { path: '/api', set_headers: { 'X-Set': 'set' }, remove_headers: ['x-gone'] },
    });
    const headers = {
      authorization: 'Bearer theirs',
      'x-gone': '1',
      connection: 'x-hop',
      'x-hop': '1',
      te: 'trailers',
    };
    const { answer, body } = await sent(at(route, '/v1/a%20b?q=1&r'), { headers });
    expect([answer.statusCode, answer.statusMessage, answer.headers['x-there']]).toEqual([201, 'Made', 'yes']);
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    const seen = JSON.parse(body);
    expect(seen).toMatchObject({ method: 'GET', url: '/api/a%20b?q=1&r' });
    expect(seen.headers).toMatchObject({
      host: `127.0.0.1:${port}`,
      authorization: 'Bearer theirs',
      'x-set': 'set',
      te: 'trailers',
      via: '1.1 universal-registry',
    });
    expect(seen.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(seen.headers['x-request-id']).toBe(answer.headers['x-request-id']);
    for (const name of ['x-api-key', 'x-gone', 'x-hop']) expect(seen.headers).not.toHaveProperty(name);
    const own = await service.api.as(undefined).get(at(route, '/v1'), { authorization: `Bearer ${service.adminKey}` });
    expect(own.body.headers ?? JSON.parse(own.body).headers).not.toHaveProperty('authorization');
    expect((await service.api.get(at(route, '/v2'))).body).toMatchObject({ status: 404, code: 'mesh_proxy.no_route' });
    expect((await sent('/', { path: `${at(route)}v1/../../x` })).answer.statusCode).toBe(400);
    expect((await service.api.as(undefined).get(at(route, '/v1'))).status).toBe(401);
  });

  it('streams bodies both ways, with trailers, and waits for whoever reads slowly', async () => {
    let taken = 0;
    const port = await serve((request, response) => {
      response.writeHead(200, { Trailer: 'X-Sum' });
      response.flushHeaders();
      request.on('data', (chunk: Buffer) => {
        taken += chunk.length;
        response.write(chunk);
      });
      request.on('end', () => {
        response.addTrailers({ 'X-Sum': `${taken} ${request.trailers['x-mine']}` });
        response.end();
      });
    });
    const route = await to(port);
    const told = await sent(at(route, '/echo'), { method: 'POST', headers: { trailer: 'x-mine' } }, (request) => {
      request.write('one ');
      setTimeout(() => {
        request.addTrailers({ 'x-mine': 'kept' });
        request.end('two');
      }, 50);
    });
    expect(told.body).toBe('one two');
    expect(told.answer.trailers).toEqual({ 'x-sum': '7 kept' });

    let written = 0;
    const flood = await to(
      await serve((_, response) => {
        const source = Readable.from(
          (function* () {
            for (; written < 200e6; written += 65_536) yield Buffer.alloc(65_536, 1);
          })(),
        );
        source.pipe(response);
      }),
    );
    const answer = await new Promise<IncomingMessage>((resolve) =>
      http.get(service.url + at(flood), { headers: { 'x-api-key': service.adminKey } }, resolve),
    );
    answer.pause();
    await pause(700);
    // What the kernel and the streams hold on their way, not all of it.
    expect(written).toBeLessThan(60e6);
    answer.destroy();
  });

  it('says 100 Continue when the destination does, and takes its refusal for an answer', async () => {
    let bodies = 0;
    const server = http.createServer((_, response) => response.end());
    servers.push(server);
    server.on('checkContinue', (request: IncomingMessage, response: http.ServerResponse) => {
      if (request.url === '/no') {
        response.writeHead(417).end('no');
        return;
      }
      response.writeContinue();
      request.on('data', () => bodies++).on('end', () => response.end('thanks'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const route = await to((server.address() as AddressInfo).port);
    const ask = (path: string) => {
      let continued = false;
      const headers = { expect: '100-continue', 'content-length': '5' };
      return sent(at(route, path), { method: 'PUT', headers }, (request) => {
        request.on('continue', () => {
          continued = true;
          request.end('hello');
        });
        request.flushHeaders();
      }).then(({ answer, body }) => [continued, answer.statusCode, body]);
    };
    expect(await ask('/yes')).toEqual([true, 200, 'thanks']);
    expect(await ask('/no')).toEqual([false, 417, 'no']);
    expect(bodies).toBe(1);
  });

  it('tries again what may be sent twice, never what may not, and tells why nothing came', async () => {
    const seen: string[] = [];
    const port = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      const times = seen.filter((one) => one.endsWith(request.url!)).length;
      request.resume();
      if (/^.reset/.test(request.url!) && times < 3) request.socket.destroy();
      else if (request.url === '/late') setTimeout(() => response.end('late'), 2000);
      else if (times < 3) response.writeHead(503).end('not yet');
      else response.end(`after ${times}`);
    });
    const retry = { attempts: 2, backoff: { base_ms: 1, max_ms: 5 } };
    const breaker = { circuit_breaker: { enabled: false } };
    const route = await to(port, { retry, ...breaker });
    expect((await service.api.get(at(route, '/status'))).body).toBe('after 3');
    expect((await service.api.get(at(route, '/reset'))).body).toBe('after 3');
    expect(await service.api.post(at(route, '/post'), { a: 1 })).toMatchObject({ status: 503, body: 'not yet' });
    expect(await service.api.put(at(route, '/put'), { a: 1 })).toMatchObject({ status: 503 });
    expect(await service.api.post(at(route, '/reset-post'), { a: 1 })).toMatchObject({ status: 502 });
    for (const path of ['/post', '/put', '/reset-post'])
      expect(seen.filter((one) => one.endsWith(path))).toHaveLength(1);
    const late = await to(port, { timeout_ms: 200, ...breaker });
    expect(await service.api.get(at(late, '/late'))).toMatchObject({
      status: 504,
      body: { code: 'mesh_proxy.timeout' },
    });
    const gone = await to(1, breaker);
    expect(await service.api.get(at(gone))).toMatchObject({
      status: 502,
      body: { code: 'mesh_proxy.connect_failure' },
    });
    const inside = await aRoute(service.api, { destinations: [{ host: '10.255.0.1', port: 80 }] });
    expect(await service.api.get(at(inside))).toMatchObject({ status: 502, body: { code: 'mesh_proxy.refused' } });
    const metrics = ok(await service.api.get(`${ROUTES}/${route.id}/metrics`));
    expect(metrics).toMatchObject({ requests: 5, failures: 3 });
  });

  it('takes what never reached anybody to another address, whatever it is', async () => {
    const port = await serve((request, response) => request.pipe(response));
    const destinations = [1, port].map((one) => ({ name: 'both', host: '127.0.0.1', port: one }));
    const instances = await service.api.post('/api/v1/services', { name: 'half-there' });
    for (const { port: one } of destinations)
      ok(
        await service.api.post(`/api/v1/services/${instances.body.id}/instances`, { host: '127.0.0.1', port: one }),
        201,
      );
    const retry = { attempts: 1, backoff: { base_ms: 1 } };
    const route = await aRoute(service.api, { destinations: [{ service: 'svc_half-there' }], retry, circuit_breaker: { enabled: false } }); // prettier-ignore
    await eventually('both are known', async () => (await explained(service.api, { route: route.id })).target?.candidates === 2); // prettier-ignore
    for (let i = 0; i < 4; i++) expect(await service.api.post(at(route), { n: i })).toMatchObject({ status: 200 });
  });

  it('ends the other side when one goes away', async () => {
    let open = 0;
    const port = await serve((request, response) => {
      open++;
      response.on('close', () => open--);
      response.write('begun');
      if (request.url === '/cut') setTimeout(() => response.destroy(), 50);
    });
    const route = await to(port);
    const request = http.get(service.url + at(route), { headers: { 'x-api-key': service.adminKey } });
    await new Promise((resolve) => request.on('response', resolve));
    expect(open).toBe(1);
    request.destroy();
    await eventually('the destination is let go', () => open === 0);
    await expect(sent(at(route, '/cut'))).rejects.toThrow(/aborted|hang up/);
  });

  it('lets WebSockets through, for who may send', async () => {
    const server = http.createServer();
    servers.push(server);
    new WebSocketServer({ server }).on('connection', (socket, request) => {
      socket.on('message', (data: Buffer) => socket.send(`${request.url} ${data.toString()}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const route = await to((server.address() as AddressInfo).port, { type: 'websocket' });
    const url = service.url.replace('http', 'ws') + at(route, '/chat?room=1');
    const socket: WebSocket = new WebSocket(`${url}&access_token=${service.adminKey}`);
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    socket.send('hello');
    const [data] = await new Promise<[Buffer]>((resolve) => socket.on('message', (...args) => resolve(args as never)));
    expect(data.toString()).toBe('/chat?room=1 hello');
    socket.close();
    const refused = new WebSocket(url);
    await expect(new Promise((_, reject) => refused.on('error', reject))).rejects.toThrow('401');
  });

  it('sends copies to a mirror, which nobody waits for', async () => {
    const copies: string[] = [];
    const shadow = await serve((request) => copies.push(request.url!));
    const port = await serve((_, response) => response.end('real'));
    const destinations = [
      { name: 'real', host: '127.0.0.1', port },
      { name: 'shadow', host: '127.0.0.1', port: shadow, weight: 0 },
    ];
    const route = await aRoute(service.api, { destinations, mirror: { destination: 'shadow' } });
    expect((await service.api.get(at(route, '/m'))).body).toBe('real');
    await eventually('the copy arrives', () => copies.length === 1);
  });

  it('is closed unless it is opened', async () => {
    const closed = await testApp();
    const route = await aRoute(closed.api);
    expect(await closed.api.get(at(route))).toMatchObject({ status: 404, body: { code: 'mesh_proxy.off' } });
    await closed.close();
  });
});
