import type { WebSocket } from 'ws';

/** Unsent bytes of a client above which nothing live is pushed to it, and below which it goes on. */
const HIGH_BYTES = 1024 * 1024;
const LOW_BYTES = 256 * 1024;
/** A client is slow when so much waits for it, or when it stays above the low mark for so long. */
const MOST_BYTES = 16 * HIGH_BYTES;
const MOST_MS = 30_000;

/** Sends to one client, and knows how far it is behind. Only what the socket itself holds back waits in memory. */
export class SocketSender {
  private congestedSince?: number;

  constructor(
    private readonly client: WebSocket,
    private readonly drained: () => void,
  ) {}

  /** Too much is waiting: read on from the table later. */
  get full(): boolean {
    return this.congestedSince !== undefined;
  }

  send(json: string): void {
    if (this.client.readyState !== this.client.OPEN) return;
    this.client.send(json, this.sent);
    if (this.congestedSince === undefined && this.client.bufferedAmount > HIGH_BYTES) {
      this.congestedSince = performance.now();
    }
  }

  /** Whether the client takes too little to be kept. */
  isSlow(now = performance.now()): boolean {
    if (this.congestedSince === undefined) return false;
    return this.client.bufferedAmount > MOST_BYTES || now - this.congestedSince > MOST_MS;
  }

  private readonly sent = (): void => {
    if (this.congestedSince === undefined || this.client.bufferedAmount > LOW_BYTES) return;
    this.congestedSince = undefined;
    this.drained();
  };
}
