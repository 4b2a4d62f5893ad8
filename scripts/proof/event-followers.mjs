import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

const [SHORTEST_MS, LONGEST_MS] = [50, 800];

const changeOf = ({ type, entity, relationship }) => {
  if (relationship) return `${type} ${relationship.id}`;
  return type === 'entity_deleted' ? `${type} ${entity.id}` : `${type} ${entity.id} ${entity.revision}`;
};

/** Follows the events, is cut at random moments, and resumes after the last message it got. */
class Follower {
  messages = [];
  /** Milliseconds from a change to its delivery, while connected. */
  delays = [];
  resumed = -1;
  #changes = new Set();
  #on = true;

  constructor(service, from) {
    this.service = service;
    this.seq = from;
  }

  start() {
    void this.#run();
  }

  stop() {
    this.#on = false;
    this.cut();
  }

  hasAll(changes) {
    return changes.every((change) => this.#changes.has(change));
  }

  take(message) {
    const change = changeOf(message);
    this.messages.push({ seq: message.seq, change });
    this.#changes.add(change);
    this.seq = message.seq;
    this.delays.push(Date.now() - Date.parse(message.at));
  }

  async #run() {
    while (this.#on) {
      this.resumed++;
      const ended = this.follow();
      const timer = setTimeout(() => this.cut(), SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS));
      await ended;
      clearTimeout(timer);
      await pause(Math.random() * 100);
    }
  }
}

export class SocketFollower extends Follower {
  name = 'WebSocket';
  #socket;

  cut() {
    this.#socket?.terminate();
  }

  /** Resolves when the connection has ended, however. */
  follow() {
    const socket = new WebSocket(`${this.service.url.replace('http', 'ws')}/ws`, {
      headers: { 'x-api-key': this.service.key },
    });
    this.#socket = socket;
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', since: this.seq })));
    socket.on('message', (data) => {
      const message = JSON.parse(data.toString());
      // What was on its way when the connection was cut has not arrived.
      if (message.at && socket.readyState === WebSocket.OPEN) this.take(message);
    });
    return new Promise((resolve) => {
      socket.on('error', () => undefined);
      socket.on('close', resolve);
    });
  }
}

export class StreamFollower extends Follower {
  name = 'server-sent events';
  #abort;

  cut() {
    this.#abort?.abort();
  }

  async follow() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      const response = await fetch(`${this.service.url}/api/v1/events`, {
        headers: { accept: 'text/event-stream', 'x-api-key': this.service.key, 'last-event-id': String(this.seq) },
        signal,
      });
      if (response.ok) await this.#read(response, signal);
    } catch (error) {
      if (!signal.aborted && !(error instanceof TypeError)) throw error;
    }
  }

  async #read(response, signal) {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of response.body) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data && !signal.aborted) this.take(JSON.parse(data));
      }
    }
  }
}
