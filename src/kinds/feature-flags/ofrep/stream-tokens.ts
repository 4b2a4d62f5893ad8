import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { UnauthenticatedError } from '../../../platform/errors/registry-error.js';

/** A token is good for one to two of these. One address for so long: a client that is told another connects anew. */
const PERIOD_MS = 12 * 3_600_000;
const SECRET_BYTES = 32;

/** What the holder of an address may listen to. */
export interface StreamGrant {
  environment: string;
  /** Whose key was given the address. */
  principal: string;
  /** Until when, in Unix milliseconds. */
  until: number;
}

/**
 * Signs the addresses of event streams: an `EventSource` can send no headers, so what it may listen to stands in its
 * address. A stream tells that flags have changed, never what they are.
 */
@Injectable()
export class StreamTokens {
  private secret?: Buffer;

  constructor(private readonly uow: UnitOfWork) {}

  /** The secret that all processes share, made by the first. */
  async load(): Promise<void> {
    if (this.secret) return;
    await this.uow.query('INSERT INTO feature_flag_stream_secret (id, secret) VALUES (1, $1) ON CONFLICT DO NOTHING', [
      randomBytes(SECRET_BYTES),
    ]);
    const [row] = await this.uow.query<{ secret: Buffer }>('SELECT secret FROM feature_flag_stream_secret');
    this.secret = row.secret;
  }

  /** Undefined while the secret is not known yet. */
  issue(environment: string, principal: string, now = Date.now()): string | undefined {
    if (!this.secret) return undefined;
    const claims = JSON.stringify([environment, principal, Math.floor(now / PERIOD_MS)]);
    return `${Buffer.from(claims).toString('base64url')}.${this.signature(claims)}`;
  }

  /** @throws UnauthenticatedError */
  async verify(token: string, now = Date.now()): Promise<StreamGrant> {
    await this.load();
    const [text = '', signature = ''] = token.split('.', 2);
    const claims = Buffer.from(text, 'base64url').toString('utf8');
    const [given, expected] = [Buffer.from(signature), Buffer.from(this.signature(claims))];
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refusedStream();
    const [environment, principal, period] = JSON.parse(claims) as [string, string, number];
    const until = (period + 2) * PERIOD_MS;
    if (until <= now) throw refusedStream();
    return { environment, principal, until };
  }

  private signature(claims: string): string {
    return createHmac('sha256', this.secret!).update(claims).digest('base64url');
  }
}

/** Whoever evaluates again is given another address. */
export const refusedStream = (): UnauthenticatedError =>
  new UnauthenticatedError('The address of this event stream does not hold any more; evaluate the flags for another.');
