// Write load whose every acknowledgement is remembered. Each writer owns its names, so what must be there is certain;
// a write whose answer never came may or may not be there, and is sent again with the same idempotency key.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const BULK = 20;
/** Answers that say nothing of the request: come again. A balancer has more of them. */
const GONE = [503];
const GATEWAY_GONE = [502, 503, 504];
const pick = (list) => list[Math.floor(Math.random() * list.length)];

export class Ledger {
  /** name → { revision, title } as acknowledged; `next` what an unanswered patch may have made of it. */
  entities = new Map();
  /** Names whose removal was acknowledged. */
  removed = new Set();
  /** Names of a bulk whose answer never came: all there, or none. */
  unknownBulks = [];
  /** Names whose removal was asked for and not answered. */
  unknownRemovals = new Set();
  edges = new Set();
  /** `{ what, sent, failed }` of what was not answered, or by 502, 503 or 504, by the clock of `performance`. */
  failures = [];
  /** Requests that are under way. */
  outstanding = 0;
  counts = { acknowledged: 0, unanswered: 0, refused: new Map() };
}

export class Writers {
  #stopping = false;
  #running = [];

  constructor(service, key, ledger) {
    Object.assign(this, { service, key, ledger });
  }

  start(count) {
    this.#stopping = false;
    const run = randomUUID().slice(0, 8);
    this.#running = Array.from({ length: count }, (_, n) => this.#write(`${run}-w${n}`));
  }

  async stop() {
    this.#stopping = true;
    await Promise.all(this.#running);
  }

  /** The status, or undefined when no answer came, or one that says to come again. */
  async #call(method, path, body, headers = {}) {
    const sent = performance.now();
    this.ledger.outstanding++;
    try {
      const response = await fetch(`${this.service.url}/api/v1${path}`, {
        method,
        headers: { 'x-api-key': this.key, ...(body && { 'content-type': 'application/json' }), ...headers },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(30_000),
      });
      const answer = await response.text();
      const failed = (this.service.balanced ? GATEWAY_GONE : GONE).includes(response.status);
      if (response.status >= 400 && !failed) {
        const refused = this.ledger.counts.refused;
        const what = `${method} ${path.split('/')[1]} ${response.status}`;
        refused.set(what, (refused.get(what) ?? 0) + 1);
      }
      if (failed) return this.#unanswered(`${method} ${path.split('/')[1]} ${response.status}`, sent);
      this.ledger.counts.acknowledged += response.status < 300 ? 1 : 0;
      return { status: response.status, body: answer ? JSON.parse(answer) : undefined };
    } catch (error) {
      return this.#unanswered(`${method} ${path.split('/')[1]} ${error.cause?.code ?? error.name}`, sent);
    } finally {
      this.ledger.outstanding--;
    }
  }

  async #unanswered(what, sent) {
    this.ledger.counts.unanswered++;
    this.ledger.failures.push({ what, sent, failed: performance.now() });
    await pause(50);
    return undefined;
  }

  /** Sends a write until it is answered, always under one idempotency key: it must happen exactly once. */
  async #once(path, body) {
    const headers = { 'idempotency-key': randomUUID() };
    for (let tries = 0; tries < 2000; tries++) {
      const answer = await this.#call('POST', path, body, headers);
      if (answer) return answer;
      if (this.#stopping && tries > 200) break;
    }
    throw new Error(`POST ${path} was never answered.`);
  }

  async #write(prefix) {
    const own = [];
    for (let n = 0; !this.#stopping; n++) {
      const name = `${prefix}-${n}`;
      const answer = await this.#once('/entities', { type: 'service', name, title: 'v1' });
      if (answer.status !== 201)
        throw new Error(`Creating ${name} was answered ${answer.status}: an unanswered try left something behind.`);
      this.ledger.entities.set(name, { revision: 1, title: 'v1' });
      own.push(name);
      await this.#patch(pick(own));
      if (own.length > 1 && n % 2 === 0) await this.#relate(own.at(-2), name);
      if (n % 5 === 4) await this.#bulk(`${prefix}-b${n}`);
      if (n % 7 === 6) await this.#remove(own.shift());
    }
  }

  async #patch(name) {
    const known = this.ledger.entities.get(name);
    if (known.next) return;
    const title = `v${known.revision + 1}`;
    const answer = await this.#call('PATCH', `/entities/svc_${name}`, { title }, { 'if-match': `"${known.revision}"` });
    if (!answer) known.next = title;
    else if (answer.status === 200) this.ledger.entities.set(name, { revision: known.revision + 1, title });
    else throw new Error(`Patching ${name} was answered ${answer.status}.`);
  }

  async #relate(from, to) {
    const answer = await this.#once('/relationships', {
      source_id: `svc_${from}`,
      target_id: `svc_${to}`,
      type: 'calls',
    });
    if (answer.status !== 201) throw new Error(`Relating ${from} was answered ${answer.status}.`);
    this.ledger.edges.add(`${from}>${to}`);
  }

  async #bulk(prefix) {
    const names = Array.from({ length: BULK }, (_, n) => `${prefix}-${n}`);
    const answer = await this.#call(
      'POST',
      '/entities/bulk?mode=atomic',
      names.map((name) => ({ type: 'service', name, title: 'v1' })),
    );
    if (!answer) this.ledger.unknownBulks.push(names);
    else for (const name of names) this.ledger.entities.set(name, { revision: 1, title: 'v1' });
  }

  async #remove(name) {
    for (const edge of this.ledger.edges) if (edge.split('>').includes(name)) this.ledger.edges.delete(edge);
    const answer = await this.#call('DELETE', `/entities/svc_${name}`);
    this.ledger.entities.delete(name);
    (answer ? this.ledger.removed : this.ledger.unknownRemovals).add(name);
  }
}
