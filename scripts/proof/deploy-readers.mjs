import { setTimeout as pause } from 'node:timers/promises';

const PATHS = [
  '/api/v1/entities?type=service&limit=20',
  '/api/v1/search?q=v1&limit=5',
  '/api/v1/stats',
  '/api/v1/gateway/whoami',
];

/** Clients that read one thing after the other; whatever is not answered as it should be goes into the ledger's failures. */
export class Readers {
  answered = 0;
  #stopping = false;
  #running = [];

  constructor(service, key, ledger) {
    Object.assign(this, { service, key, ledger });
  }

  start(count) {
    this.#stopping = false;
    this.#running = Array.from({ length: count }, (_, n) => this.#read(n));
  }

  async stop() {
    this.#stopping = true;
    await Promise.all(this.#running);
  }

  async #read(first) {
    for (let n = first; !this.#stopping; n++) {
      const path = PATHS[n % PATHS.length];
      const sent = performance.now();
      this.ledger.outstanding++;
      const wrong = await fetch(this.service.url + path, { headers: { 'x-api-key': this.key }, signal: AbortSignal.timeout(30_000) })
        .then(async (answer) => (await answer.text(), answer.status === 200 ? undefined : String(answer.status)))
        .catch((error) => error.cause?.code ?? error.name);
      this.ledger.outstanding--;
      if (wrong) {
        this.ledger.failures.push({ what: `GET ${path.split('?')[0]} ${wrong}`, sent, failed: performance.now() });
        await pause(50);
      } else this.answered++;
    }
  }
} // prettier-ignore
