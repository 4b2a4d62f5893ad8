import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import type { SignOptions } from 'jsonwebtoken';

const SCRIPT = join(process.cwd(), 'test/support/oidc-issuer.mjs');

/** A pair as a private JWK with an id and what it signs with. */
export type SigningJwk = JsonWebKey & { kid: string; alg: 'RS256' | 'ES256' };

export function signingJwk(alg: SigningJwk['alg'] = 'RS256'): SigningJwk {
  const { privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg, use: 'sig' };
}

export const privateKeyOf = (key: SigningJwk): KeyObject => createPrivateKey({ key, format: 'jwk' });

interface Asked {
  client?: string;
  resource?: string;
  /** Values of `realm_access.roles`, by spaces. */
  roles?: string;
}

/** `oidc-provider` in a process of its own, with keys that the test has as well. */
export class OutsideIssuer {
  private child!: ChildProcess;
  url = '';
  keys: SigningJwk[] = [];

  async start(keys: SigningJwk[] = [signingJwk()], port = 0): Promise<this> {
    this.child = fork(SCRIPT, [String(port)], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const ended = once(this.child, 'exit').then(() => Promise.reject(new Error('the issuer did not start')));
    ended.catch(() => undefined);
    const [{ issuer }] = (await Promise.race([once(this.child, 'message'), ended])) as [{ issuer: string }];
    this.url = issuer;
    await this.rotate(keys);
    return this;
  }

  /** From now on it publishes these keys and signs with the first. */
  async rotate(keys: SigningJwk[]): Promise<void> {
    this.keys = keys;
    await this.tell({ keys });
  }

  /** How often it was asked for its document or its keys. */
  async requests(): Promise<number> {
    return (await this.tell({})).requests;
  }

  async stop(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.kill();
    await exit;
  }

  /** The same issuer at the same place, after a stop. */
  restart(keys = this.keys): Promise<this> {
    return this.start(keys, Number(new URL(this.url).port));
  }

  /** An access token by the client credentials grant. */
  async token({ client = 'pipeline', resource = 'urn:registry', roles = 'devs' }: Asked = {}): Promise<string> {
    const response = await fetch(`${this.url}/token`, {
      method: 'POST',
      headers: {
        Authorization: `Basic ${Buffer.from(`${client}:${encodeURIComponent(`secret of ${client}`)}`).toString('base64')}`,
        'x-roles': roles,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource }),
    });
    const answer = (await response.json()) as { access_token?: string };
    if (!answer.access_token) throw new Error(`no token: ${JSON.stringify(answer)}`);
    return answer.access_token;
  }

  /** A token of the test's own making, as the issuer would sign it, with some things changed. */
  forged(changes: object = {}, options: SignOptions & { key?: KeyObject } = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.url,
      aud: 'urn:registry',
      sub: 'forged',
      iat: now,
      exp: now + 60,
      realm_access: { roles: ['devs'] },
      ...changes,
    };
    const { key = privateKeyOf(this.keys[0]), ...given } = options;
    const usual: SignOptions = { algorithm: this.keys[0].alg, keyid: this.keys[0].kid };
    const present = ([, value]: [string, unknown]): boolean => value !== undefined;
    const chosen: SignOptions = Object.fromEntries(Object.entries({ ...usual, ...given }).filter(present));
    return jsonwebtoken.sign(Object.fromEntries(Object.entries(claims).filter(present)), key, chosen);
  }

  private async tell(message: { keys?: SigningJwk[] }): Promise<{ requests: number }> {
    const answer = once(this.child, 'message');
    this.child.send(message);
    return ((await answer) as [{ requests: number }])[0];
  }
}
