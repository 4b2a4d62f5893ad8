import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const SETTERS = 8;
const TICK_MS = 20;

/** One service process as clients see it: a few connections that stay open. */
export class Replica {
  constructor(url, key, connections) {
    const { hostname, port } = new URL(url);
    this.target = { hostname, port, agent: new http.Agent({ keepAlive: true, maxSockets: connections }) };
    this.key = key;
  }

  /** `{ status, body }`; rejects when there is no answer. */
  call(method, path, body, more = {}) {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = { 'x-api-key': this.key, ...(text && { 'content-type': 'application/json' }), ...more };
      const request = http.request({ ...this.target, method, path, headers }, (response) => {
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(pieces).toString() }));
      });
      request.on('error', reject).end(text);
    });
  }

  close() {
    this.target.agent.destroy();
  }
}

async function eachOf(items, work) {
  const rest = items.entries();
  await Promise.all(
    Array.from({ length: SETTERS }, async () => {
      for (const [index, item] of rest) await work(item, index);
    }),
  );
}

/** Instances that beat, each at its own moment of the interval, over all replicas in turn. */
export class HeartbeatFleet {
  beats = 0;
  failures = 0;
  #stopped = false;

  constructor(replicas, { services, instances, intervalMs, ttlSeconds }) {
    Object.assign(this, { replicas, services, intervalMs, ttlSeconds });
    this.members = Array.from({ length: instances }, (_, n) => ({
      id: `i${n}`,
      service: n % services,
      silent: false,
      dueAt: 0,
    }));
  }

  /** Registers everything, then begins to beat. */
  async start() {
    this.ids = [];
    await eachOf([...Array(this.services).keys()], async (n) => {
      const { status, body } = await this.#any(n).call('POST', '/api/v1/services', { name: `fleet-${n}`, type: 'api' });
      if (status !== 201) throw new Error(body);
      this.ids[n] = JSON.parse(body).id;
    });
    const began = performance.now();
    for (const [n, member] of this.members.entries())
      member.dueAt = began + ((n % 997) / 997) * this.intervalMs + this.intervalMs;
    this.running = this.#beat();
    await eachOf(this.members, async (member, n) => {
      const path = `/api/v1/services/${this.ids[member.service]}/instances`;
      const address = { host: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, port: 8080 };
      const body = { id: member.id, ...address, ttl_seconds: this.ttlSeconds };
      const answer = await this.#any(n).call('POST', path, body);
      if (answer.status !== 201) throw new Error(answer.body);
      member.path = `${path}/${member.id}/heartbeat`;
    });
  }

  membersOf(service) {
    return this.members.filter((one) => one.service === service);
  }

  async stop() {
    this.#stopped = true;
    await this.running;
  }

  #any(n) {
    return this.replicas[n % this.replicas.length];
  }

  async #beat() {
    let turn = 0;
    while (!this.#stopped) {
      const now = performance.now();
      for (const member of this.members) {
        if (member.silent || !member.path || now < member.dueAt) continue;
        member.dueAt = Math.max(member.dueAt + this.intervalMs, now + this.intervalMs / 2);
        void this.#one(member, this.#any(turn++));
      }
      await pause(TICK_MS);
    }
  }

  async #one(member, replica) {
    const answer = await replica.call('PUT', member.path).catch((error) => ({ status: 0, body: String(error) }));
    if (answer.status !== 200) this.failures++;
    this.beats++;
    // Counted from when it is acknowledged, the server cannot have heard it later.
    member.heardAt = performance.now();
  }
}
