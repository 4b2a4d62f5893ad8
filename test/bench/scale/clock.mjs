// One client that asks and waits, as the aims are meant: the time of an answer without queueing.
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const WARMING = 20;
const LEAST = 10;
const ASK_AGAIN_MS = 2_000;

/** Asks a service over one kept connection. */
export function client(url, key) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const ask = ({ method = 'GET', path, body }) =>
    new Promise((resolve, reject) => {
      const text = body && JSON.stringify(body);
      const sent = { ...headers, ...(text && { 'content-length': Buffer.byteLength(text) }) };
      const asked = request(`${url}/api/v1${path}`, { method, agent, headers: sent }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part)).on('error', reject);
        response.on('end', () => {
          const told = Buffer.concat(parts).toString('utf8');
          const isJson = response.headers['content-type']?.includes('json');
          resolve({ status: response.statusCode, headers: response.headers, body: isJson ? JSON.parse(told) : told });
        });
      });
      asked.on('error', reject).end(text);
    });
  return { ask, close: () => agent.destroy() };
}

/** Answers that say there is no such call here, or not in this way. */
const isAbsent = ({ status, body }) => body?.code === 'search.mode_unavailable' || body?.code === 'route.not_found' || (status === 404 && !body?.code); // prettier-ignore

class Stopwatch {
  began = performance.now();
  times = [];
  faults = new Map();

  constructor({ ask }, { requests, check, ends = [] }) {
    Object.assign(this, { ask, requests, check, ends, asked: 0 });
  }

  async next() {
    const { requests, ends } = this;
    const made = typeof requests === 'function' ? requests(this.asked++) : requests[this.asked++ % requests.length];
    const began = performance.now();
    const answer = await this.ask(made);
    const took = performance.now() - began;
    const isRefused = answer.status >= 400 && !ends.includes(answer.body.code);
    const fault = isRefused ? `${answer.status} ${answer.body.code ?? ''}` : await this.check?.(answer, made);
    if (fault) this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    return { answer, took };
  }

  /** Until what is worked out behind the answer is there. */
  async done({ status }) {
    for (let isThere = status !== 503; !isThere; isThere = (await this.next()).answer.status !== 503)
      await pause(ASK_AGAIN_MS);
    this.faults.clear();
    const { answer } = await this.next();
    this.times.push(performance.now() - this.began);
    if (answer.status !== 200) this.faults.set(`${answer.status} ${answer.body.code}`, 1);
    return this.result();
  }

  result(mode) {
    const { faults } = this;
    const times = this.times.toSorted((a, b) => a - b);
    const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
    return { median: at(0.5), p95: at(0.95), worst: times.at(-1), asked: times.length, faults, mode };
  }
}

/**
 * Asks the requests of a question in turn for so many seconds, after a turn that warms up and does not count; just once
 * where that is what is asked. Undefined where the service has no such call.
 */
export async function measured(asking, question, seconds) {
  const watch = new Stopwatch(asking, question);
  const first = await watch.next();
  if (isAbsent(first.answer)) return undefined;
  const mode = first.answer.headers['x-search-mode'];
  if (question.once) return watch.done(first.answer);
  const turn = Math.min(WARMING, question.requests.length > 1 ? question.requests.length : 3);
  while (watch.asked < turn) await watch.next();
  const until = performance.now() + seconds * 1000;
  while (watch.times.length < LEAST || performance.now() < until) watch.times.push((await watch.next()).took);
  return watch.result(mode);
}
