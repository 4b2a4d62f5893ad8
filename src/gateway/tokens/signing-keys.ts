import { createHash, createPublicKey, generateKeyPair } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { LONGEST_TOKEN_SECONDS } from './token-terms.js';

export interface PublishedKey {
  kid: string;
  jwk: JsonWebKey;
  publicKey: KeyObject;
}

interface OwnKey {
  kid: string;
  privateKey: KeyObject;
  madeAt: number;
}

const SIGN_FOR_MS = 24 * 3_600_000;
const SLACK_SECONDS = 600;
/** A withdrawn public key (a deleted row) is noticed by then. */
const RELOAD_AFTER_MS = 60_000;
/** Tokens with invented key ids cost the database at most four queries a second. */
const RELOAD_GAP_MS = 250;
const MINUTE = 60_000;

const pairOf = promisify(generateKeyPair);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** RFC 7638: the SHA-256 of the key's required members, in order. */
const thumbprint = ({ e, kty, n }: JsonWebKey): string =>
  createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');

/**
 * The keys that tokens are signed with. Each process makes its own pair when it first signs; the private half never
 * leaves its memory and the public half stands in a table until the last token signed with it has run out. So every
 * replica verifies every other's tokens, also after a restart, and there is no secret to store or to share.
 */
@Injectable()
export class SigningKeys implements OnModuleInit {
  private own?: Promise<OwnKey>;
  private published: ReadonlyMap<string, PublishedKey> = new Map();
  private loadedAt = -Infinity;
  private loading?: Promise<void>;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('signing-keys', 10 * MINUTE, () => this.prune(), { lock: true });
  }

  /** The pair to sign with now: made at the first use, anew every day, and when its public half was withdrawn. */
  async current(): Promise<OwnKey> {
    const making = (this.own ??= this.make());
    const own = await making;
    const young = performance.now() - own.madeAt < SIGN_FOR_MS;
    if (young && (await this.find(own.kid))) return own;
    if (this.own === making) this.own = undefined;
    return (this.own ??= this.make());
  }

  /** The public key of a token's `kid`, whichever replica made it. */
  async find(kid: string): Promise<KeyObject | undefined> {
    if (performance.now() - this.loadedAt > RELOAD_AFTER_MS) await this.reload();
    if (!this.published.has(kid)) await this.reload();
    return this.published.get(kid)?.publicKey;
  }

  async list(): Promise<PublishedKey[]> {
    await this.reload();
    return [...this.published.values()];
  }

  private async make(): Promise<OwnKey> {
    try {
      const { privateKey, publicKey } = await pairOf('rsa', { modulusLength: 2048 });
      const jwk = publicKey.export({ format: 'jwk' });
      const kid = thumbprint(jwk);
      const validFor = SIGN_FOR_MS / 1000 + LONGEST_TOKEN_SECONDS + SLACK_SECONDS;
      await this.uow.query(
        `INSERT INTO signing_key (kid, public_jwk, expires_at) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))`,
        [kid, jwk, validFor],
      );
      return { kid, privateKey, madeAt: performance.now() };
    } catch (error) {
      this.own = undefined;
      throw error;
    }
  }

  /** Everyone who asks meanwhile shares one read, and two reads are a moment apart. */
  private reload(): Promise<void> {
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async load(): Promise<void> {
    const wait = this.loadedAt + RELOAD_GAP_MS - performance.now();
    if (wait > 0) await pause(wait);
    const rows = await this.uow.query<{ kid: string; public_jwk: JsonWebKey }>(
      'SELECT kid, public_jwk FROM signing_key WHERE expires_at > clock_timestamp() ORDER BY created_at DESC',
    );
    this.published = new Map(
      rows.map(({ kid, public_jwk: jwk }) => [
        kid,
        this.published.get(kid) ?? { kid, jwk, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) },
      ]),
    );
    this.loadedAt = performance.now();
  }

  private async prune(): Promise<void> {
    await this.uow.query('DELETE FROM signing_key WHERE expires_at < clock_timestamp()');
  }
}
