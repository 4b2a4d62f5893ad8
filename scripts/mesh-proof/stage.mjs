// What the parts of the proof of the mesh stand on: services, destinations, and what must hold.
import { readdirSync, readlinkSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export class Stage {
  services = [];
  servers = [];
  mistakes = [];

  constructor(adminKey) {
    this.adminKey = adminKey;
  }

  must(holds, what) {
    console.log(`${holds ? 'ok  ' : 'NOT '} ${what}`);
    if (!holds) this.mistakes.push(what);
  }

  async call(service, method, path, body) {
    const headers = { 'x-api-key': this.adminKey, ...(body && { 'content-type': 'application/json' }) };
    const init = { method, headers, body: body && JSON.stringify(body) };
    const response = await fetch(`${service.url}/api/v1/mesh${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  async serve(listener) {
    const server = http.createServer(listener);
    this.servers.push(server);
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, port: server.address().port };
  }

  /** Status and body of one request through the proxy; 0 when the connection broke. */
  ask(service, path, options = {}) {
    const headers = { 'x-api-key': this.adminKey, ...options.headers };
    return new Promise((resolve) => {
      const done = (status, body = '', answered = {}) =>
        resolve({ status, body, headers: answered, at: performance.now() });
      const request = http.request(`${service.url}/api/v1/mesh/proxy/${path}`, { ...options, headers }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text) => (body += text));
        answer.on('error', () => done(0)).on('end', () => done(answer.statusCode, body, answer.headers));
      });
      request.on('error', () => done(0)).end();
    });
  }

  async close() {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    for (const service of this.services) await service.stop();
  }
}

export const there = (port, more = {}) => ({ name: `on-${port}`, host: '127.0.0.1', port, ...more });

export async function until(holds, ms) {
  for (const end = performance.now() + ms; performance.now() < end; await pause(5)) if (await holds()) return true;
  return false;
}

/** Sockets a process has open. */
export function socketsOf(pid) {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

/** What a process has in its memory, garbage included that nobody has collected yet. */
export async function memoryOf(stage, { url }) {
  const metrics = await (await fetch(`${url}/metrics`, { headers: { 'x-api-key': stage.adminKey } })).text();
  const bytes = (name) => Number(new RegExp(`^${name} ([\\d.e+]+)`, 'm').exec(metrics)[1]);
  return (bytes('nodejs_heap_size_used_bytes') + bytes('nodejs_external_memory_bytes')) / 1_048_576;
}
