import type { Socket } from 'node:net';
import { OutboundError } from '../../../platform/http-client/outbound-error.js';
import type { OutboundSockets } from '../../../platform/http-client/outbound-sockets.js';
import { hostPort, plain, urlOf } from './probe-target.js';

const MOST_BYTES = 4096;

/** A command as a list of bulk strings (RESP), so that no word of it can become another command. */
const command = (...words: string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/** `redis://[user:password@]host:port`, `rediss://` with TLS, or `host:port`. Well is who answers a PING. */
export async function probeRedis(sockets: OutboundSockets, text: string, signal: AbortSignal): Promise<string> {
  const url = text.includes('://') ? urlOf(text, { redis: 6379, rediss: 6379 }) : undefined;
  const secure = url?.protocol === 'rediss:' ? {} : undefined;
  const socket = await sockets.connect({ ...(url?.where ?? hostPort(text)), secure }, signal);
  try {
    const [user, password] = [plain(url?.username ?? ''), plain(url?.password ?? '')];
    if (password) await ask(socket, user ? command('AUTH', user, password) : command('AUTH', password), '+OK');
    await ask(socket, command('PING'), '+PONG');
    return 'PONG';
  } finally {
    socket.destroy();
  }
}

/** Sends one command and waits for its one line. What Redis says instead is told by its first word only. */
function ask(socket: Socket, text: string, expected: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const done = (outcome: () => void): void => {
      socket.off('data', listen);
      outcome();
    };
    const listen = (chunk: Buffer): void => {
      heard += chunk.toString('latin1');
      const end = heard.indexOf('\r\n');
      if (end < 0 && heard.length < MOST_BYTES) return;
      const line = heard.slice(0, Math.max(end, 0));
      if (line === expected) return done(resolve);
      const word = /^-([A-Z]{1,20})\b/.exec(line)?.[1];
      done(() => reject(new OutboundError('bad_answer', word ? `Redis says ${word}.` : 'The answer is not of Redis.')));
    };
    socket.on('data', listen);
    socket.once('error', (error) => done(() => reject(error)));
    socket.once('close', () => done(() => reject(new OutboundError('bad_answer', 'The connection was closed.'))));
    socket.write(text);
  });
}
