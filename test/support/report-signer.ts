import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands for GitHub: publishes public keys, and counts who asks for them. */
export class ReportSigner {
  asked = 0;
  status = 200;
  private readonly pairs = new Map<string, KeyObject>();
  private readonly listed: object[] = [];
  private readonly server: Server = createServer((_, response) => {
    this.asked++;
    response.writeHead(this.status).end(JSON.stringify({ public_keys: this.listed }));
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/meta/public_keys/secret_scanning`;
  }

  add(identifier: string, listed = true): void {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.pairs.set(identifier, privateKey);
    const key = publicKey.export({ type: 'spki', format: 'pem' });
    if (listed) this.listed.push({ key_identifier: identifier, key, is_current: true });
  }

  headers(body: string, identifier: string): Record<string, string> {
    const signature = sign('sha256', Buffer.from(body), this.pairs.get(identifier)!).toString('base64');
    return {
      'Content-Type': 'application/json',
      'Github-Public-Key-Identifier': identifier,
      'Github-Public-Key-Signature': signature,
    };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
