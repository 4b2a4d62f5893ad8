import { setTimeout as pause } from 'node:timers/promises';

const TICK_MS = 20;
const TOGETHER = 500;

/** Nodes that beat, each at its own moment of the interval, over all replicas in turn. */
export class GridFleet {
  beats = 0;
  failures = 0;
  #stopped = false;

  constructor(replicas, { nodes, intervalMs, ttlSeconds }) {
    Object.assign(this, { replicas, intervalMs, ttlSeconds });
    this.members = Array.from({ length: nodes }, (_, n) => ({ name: `fleet-${n}`, silent: false, dueAt: 0 }));
  }

  /** Registers everybody, active, then begins to beat. */
  async start() {
    for (let at = 0; at < this.members.length; at += TOGETHER) {
      const some = this.members.slice(at, at + TOGETHER);
      const items = some.map(({ name }, n) => ({
        type: 'grid_node',
        name,
        status: 'active',
        spec: {
          host: `10.0.${(at + n) >> 8}.${(at + n) & 255}`,
          port: 9000,
          region: 'eu',
          ttl_seconds: this.ttlSeconds,
        },
      }));
      const { status, body } = await this.replicas[0].call('POST', '/api/v1/entities/bulk', items);
      if (status !== 201) throw new Error(body);
      for (const [n, { id }] of JSON.parse(body).entries()) some[n].path = `/api/v1/grid/nodes/${id}/heartbeat`;
    }
    const began = performance.now();
    for (const [n, member] of this.members.entries()) member.dueAt = began + ((n % 997) / 997) * this.intervalMs;
    this.running = this.#beat();
  }

  async stop() {
    this.#stopped = true;
    await this.running;
  }

  async #beat() {
    for (let turn = 0; !this.#stopped; await pause(TICK_MS)) {
      const now = performance.now();
      for (const member of this.members) {
        if (member.silent || now < member.dueAt) continue;
        member.dueAt = Math.max(member.dueAt + this.intervalMs, now + this.intervalMs / 2);
        void this.#one(member, this.replicas[turn++ % this.replicas.length]);
      }
    }
  }

  async #one(member, replica) {
    const body = { connections: Math.floor(Math.random() * 50), cpu: Math.random(), memory: 0.5, requests: 100 };
    const answer = await replica.call('POST', member.path, body).catch((error) => ({ status: 0, body: String(error) }));
    if (answer.status !== 200) this.failures++;
    this.beats++;
  }
}
