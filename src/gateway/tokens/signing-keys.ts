import { createHash, createPublicKey, generateKeyPair } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { KeyNotices } from '../key-notices.js';
import { LONGEST_TOKEN_SECONDS } from './token-terms.js';

export interface PublishedKey {
  kid: string;
  jwk: JsonWebKey;
  publicKey: KeyObject;
  /** Signs nothing new any more. */
  retired: boolean;
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
  private triedAt = -Infinity;
  private outdatedAt = -Infinity;
  private loading?: Promise<void>;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: Jobs,
    private readonly notices: KeyNotices,
    private readonly audit: AuditTrail,
  ) {}

  onModuleInit(): void {
    this.jobs.every('signing-keys', 10 * MINUTE, () => this.prune(), { lock: true });
    this.jobs.every('signing-key-renewal', 10 * MINUTE, () => this.renew());
    this.notices.onSigning(() => this.outdate());
  }

  /** The pair to sign with now: made at the first use, anew every day, and when its public half was retired or withdrawn. */
  async current(): Promise<OwnKey> {
    const making = (this.own ??= this.make());
    const own = await making;
    const young = performance.now() - own.madeAt < SIGN_FOR_MS;
    if (young && (await this.signs(own.kid))) return own;
    if (this.own === making) this.own = undefined;
    return (this.own ??= this.make());
  }

  /** The public key of a token's `kid`, whichever replica made it. */
  async find(kid: string): Promise<KeyObject | undefined> {
    return (await this.look(kid))?.publicKey;
  }

  /** As `find`, of what was read last; asks nobody. */
  known(kid: string): KeyObject | undefined {
    return this.published.get(kid)?.publicKey;
  }

  /**
   * From now on every replica signs with a new pair. Tokens signed before hold until they run out, unless the public halves
   * are withdrawn: then they end now. Gives how many keys that concerns.
   */
  retireAll(withdraw: boolean): Promise<number> {
    return this.uow.run(async () => {
      const rows = withdraw
        ? await this.uow.query('DELETE FROM signing_key RETURNING 1')
        : await this.uow.query(
            `UPDATE signing_key SET retired_at = clock_timestamp(),
               expires_at = least(expires_at, clock_timestamp() + make_interval(secs => $1))
             WHERE retired_at IS NULL RETURNING 1`,
            [LONGEST_TOKEN_SECONDS + SLACK_SECONDS],
          );
      await this.notices.sendSigning();
      await this.audit.record({ action: 'signing_key.rotate', details: { retired: rows.length, withdrawn: withdraw } });
      return rows.length;
    });
  }

  async list(): Promise<PublishedKey[]> {
    await this.reload();
    return [...this.published.values()];
  }

  private async look(kid: string): Promise<PublishedKey | undefined> {
    // Twice: the read that was joined may have begun before a notice came.
    for (let i = 0; i < 2 && performance.now() - this.loadedAt > RELOAD_AFTER_MS; i++) await this.reload();
    if (!this.published.has(kid)) await this.reload();
    return this.published.get(kid);
  }

  private async signs(kid: string): Promise<boolean> {
    return (await this.look(kid))?.retired === false;
  }

  /** A process that has signed has its next pair before it is needed. */
  private async renew(): Promise<void> {
    if (this.own) await this.current();
  }

  private async make(): Promise<OwnKey> {
    try {
      const { privateKey, publicKey } = await pairOf('rsa', { modulusLength: 2048 });
      const jwk = publicKey.export({ format: 'jwk' });
      const kid = thumbprint(jwk);
      const validFor = SIGN_FOR_MS / 1000 + LONGEST_TOKEN_SECONDS + SLACK_SECONDS;
      await this.uow.run(async () => {
        await this.uow.query(
          `INSERT INTO signing_key (kid, public_jwk, expires_at) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))`,
          [kid, jwk, validFor],
        );
        await this.audit.record({ action: 'signing_key.create', subject: { type: 'signing_key', id: kid } });
      });
      return { kid, privateKey, madeAt: performance.now() };
    } catch (error) {
      this.own = undefined;
      throw error;
    }
  }

  /** What is known, or just being read, may be older than the notice. */
  private outdate(): void {
    this.outdatedAt = performance.now();
    this.loadedAt = -Infinity;
  }

  /** Everyone who asks meanwhile shares one read, and two reads are a moment apart. */
  private reload(): Promise<void> {
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async load(): Promise<void> {
    const wait = this.triedAt + RELOAD_GAP_MS - performance.now();
    if (wait > 0) await pause(wait);
    const startedAt = (this.triedAt = performance.now());
    const rows = await this.uow.query<{ kid: string; public_jwk: JsonWebKey; retired: boolean }>(
      `SELECT kid, public_jwk, retired_at IS NOT NULL AS retired FROM signing_key
       WHERE expires_at > clock_timestamp() ORDER BY created_at DESC`,
    );
    this.published = new Map(
      rows.map(({ kid, public_jwk: jwk, retired }) => {
        const publicKey = this.published.get(kid)?.publicKey ?? createPublicKey({ key: jwk, format: 'jwk' });
        return [kid, { kid, jwk, publicKey, retired }];
      }),
    );
    this.loadedAt = this.outdatedAt > startedAt ? -Infinity : performance.now();
  }

  private async prune(): Promise<void> {
    await this.uow.query('DELETE FROM signing_key WHERE expires_at < clock_timestamp()');
  }
}
