import { Replica } from './heartbeat-fleet.mjs';

const CONNECTIONS = 64;

/** Configuration as one service process answers it. */
export class ConfigClient {
  constructor(url, key) {
    this.replica = new Replica(url, key, CONNECTIONS);
  }

  /** Rejects when there is no answer. */
  async call(method, path, body, headers) {
    const answer = await this.replica.call(method, `/api/v1/config${path}`, body, headers);
    return { status: answer.status, body: answer.body ? JSON.parse(answer.body) : undefined };
  }

  /** `{ value, revision }`; undefined where there is none. */
  async read(name) {
    const { status, body } = await this.call('GET', `/${name}`);
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** The status, 412 when it is at another revision. */
  async put(name, value, { revision, ...more } = {}) {
    const headers = revision === undefined ? {} : { 'if-match': `"${revision}"` };
    const { status, body } = await this.call('PUT', `/${name}`, { value, ...more }, headers);
    if (status >= 300 && status !== 412) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
    return status;
  }
}

export const quantile = (times, q) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(q * times.length))];
