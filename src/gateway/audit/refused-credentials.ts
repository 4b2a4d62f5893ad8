import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { AuditNotes } from '../../platform/audit/audit-notes.js';
import { currentOrigin, plainAddress } from '../../platform/audit/audit-record.js';
import type { AuditOrigin, AuditSubject } from '../../platform/audit/audit-record.js';
import { sha256Text } from '../../platform/crypto/digest.js';
import { currentRequest } from '../../platform/http/request-context.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { Grant } from '../caller.js';
import { keyTypeOf, lastFourOf } from '../keys/key-format.js';
import { KeyHasher } from '../keys/key-hasher.js';
import type { KeyHash } from '../keys/key-hasher.js';
import { ApiKeyRepository } from '../keys/api-key.repository.js';
import type { ApiKeyRow } from '../keys/api-key.repository.js';
import { keySubject } from '../keys/key-record.js';
import { TokenReason } from '../tokens/token-reason.js';

const EXPLAIN_MS = 500;
/** Different credentials whose reason is looked up at a time; others are counted without. */
const MOST = 500;
const LOOKS_LIKE_KEY = /^(ureg|svc|admin)_/;

/** A credential that did not hold, until it is known why. */
interface Refused {
  origin: AuditOrigin;
  /** What is known so far: the route, and whether the address was told to wait. */
  details: Record<string, unknown>;
  count: number;
  /** Of a well-formed key; the key itself is not kept. */
  hashes?: KeyHash[];
  /** The end of a well-formed key, which is part of its checksum. */
  lastFour?: string;
  token?: string;
}

/**
 * Records the credentials that did not hold, with the reason that the answer does not tell. It is looked up afterwards, so
 * that the time of the answer tells nothing either.
 */
@Injectable()
export class RefusedCredentials implements OnModuleInit, BeforeApplicationShutdown {
  private refused = new Map<string, Refused>();
  private explaining: Promise<void> = Promise.resolve();

  constructor(
    private readonly notes: AuditNotes,
    private readonly keys: ApiKeyRepository,
    private readonly hasher: KeyHasher,
    private readonly tokens: TokenReason,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('refused-credentials', EXPLAIN_MS, () => this.explain());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.explain();
    await this.notes.flush(true);
  }

  /** No credential came, or one of no possible form. */
  missing(): void {
    this.add(currentOrigin(), { ...placeOf(), reason: 'missing' });
  }

  /** `grant` is what the credential allowed, if it was one that held for somebody else: elsewhere, or earlier. */
  note(credential: string, address: string | undefined, grant: Grant | null, limited: boolean): void {
    const origin = { ...currentOrigin(), actor: 'anonymous', actor_type: 'anonymous', address: plainAddress(address) };
    const details = { ...placeOf(), ...(limited && { limited }) };
    if (grant) {
      const reason = grant.expiresAt <= Date.now() ? 'expired' : 'address_not_allowed';
      return this.add(origin, { ...details, reason }, holderOf(grant));
    }
    const fold = `${sha256Text(credential)} ${origin.address} ${JSON.stringify(details)}`;
    const known = this.refused.get(fold);
    if (known) known.count++;
    else if (this.refused.size >= MOST) this.add(origin, { ...details, reason: 'not_examined' });
    else this.refused.set(fold, { origin, details, count: 1, ...this.clueOf(credential) });
  }

  /** Finds out why, and hands it to the trail. Whoever waits for it waits for what was begun before as well. */
  explain(): Promise<void> {
    const before = this.explaining.catch(() => undefined);
    return (this.explaining = before.then(() => this.lookUp()));
  }

  private async lookUp(): Promise<void> {
    const taken = [...this.refused.values()];
    if (taken.length === 0) return;
    this.refused = new Map();
    let told = 0;
    try {
      const rows = await this.keys.findAnyByHash(taken.flatMap(({ hashes }) => hashes ?? []));
      for (const one of taken) {
        const { reason, subject } = one.token ? await this.tokens.of(one.token) : reasonOfKey(one, rows);
        this.add(one.origin, { ...one.details, reason }, subject, one);
        told++;
      }
    } catch (error) {
      for (const one of taken.slice(told))
        this.add(one.origin, { ...one.details, reason: 'not_examined' }, undefined, one);
      throw error;
    }
  }

  private clueOf(credential: string): Partial<Refused> {
    if (keyTypeOf(credential)) return { hashes: this.hasher.candidates(credential), lastFour: lastFourOf(credential) };
    return LOOKS_LIKE_KEY.test(credential) ? { hashes: [] } : { token: credential };
  }

  private add(
    origin: AuditOrigin,
    details: Record<string, unknown>,
    subject?: AuditSubject,
    { count, lastFour }: Partial<Pick<Refused, 'count' | 'lastFour'>> = {},
  ): void {
    const row = { ...origin, action: 'credential.refused', outcome: 'denied' as const, subject, details };
    this.notes.add(row, { count, aside: lastFour ? { last_four: lastFour } : undefined });
  }
}

/** The key that was sent or that a token was made from; else the subject of the outside issuer. */
const holderOf = ({ keyId, caller: { id, name } }: Grant): AuditSubject =>
  keyId === undefined ? { type: 'user', id, key: name } : keySubject({ id: keyId, name });

/** The route that was asked; nothing but a WebSocket asks outside of a request. */
function placeOf(): { route: string } {
  const source = currentRequest()?.source;
  return { route: source ? `${source.method} ${source.route?.path ?? ''}` : '/ws' };
}

function reasonOfKey(
  { hashes = [] }: Refused,
  rows: readonly (ApiKeyRow & { hash: Buffer })[],
): { reason: string; subject?: AuditSubject } {
  if (hashes.length === 0) return { reason: 'mistyped' };
  const row = rows.find(({ hash }) => hashes.some((one) => one.hash.equals(hash)));
  if (!row) return { reason: 'unknown' };
  const over = row.expires_at && row.expires_at.getTime() <= Date.now();
  const reason = row.revoked_at ? 'revoked' : !over ? 'not_valid' : row.replaced_at ? 'rotated' : 'expired';
  return { reason, subject: keySubject(row) };
}
