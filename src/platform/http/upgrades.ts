import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** True when it has taken the connection over. */
export type UpgradeTaker = (request: IncomingMessage, socket: Duplex, rest: Buffer) => boolean;

const takers = new WeakMap<Server, UpgradeTaker[]>();

/** Besides the WebSocket of events: who else answers requests for another protocol on this server. */
export function takeUpgrades(server: Server, taker: UpgradeTaker): void {
  takers.set(server, [...(takers.get(server) ?? []), taker]);
}

export const isTaken = (server: Server, ...upgrade: Parameters<UpgradeTaker>): boolean =>
  (takers.get(server) ?? []).some((taker) => taker(...upgrade));
