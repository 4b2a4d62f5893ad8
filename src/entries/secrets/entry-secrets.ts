import { Inject, Injectable, Optional } from '@nestjs/common';
import { REVEAL_LOG } from '../../platform/crypto/reveal-log.js';
import type { RevealLog } from '../../platform/crypto/reveal-log.js';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import type { SecretPlace } from '../../platform/crypto/secret-box.js';
import { ImpossibleError } from '../../platform/errors/registry-error.js';
import { CREDENTIAL_VERIFIER } from '../../platform/http/credential-verifier.js';
import type { CredentialVerifier } from '../../platform/http/credential-verifier.js';
import { currentActor, currentRequest } from '../../platform/http/request-context.js';
import { Logger } from '../../platform/logging/logger.js';
import { checksumOf } from '../entry-draft.js';
import type { EntryDraft } from '../entry-draft.js';
import { keyOf } from '../entry-key.js';
import type { EntryRow } from '../entry-response.js';
import { EntrySecretRepository } from './entry-secret.repository.js';
import type { OldSecret, StoredSecret } from './entry-secret.repository.js';
import { MASK, secretFieldsOf, secretNames, valueAt, withValues } from './secret-fields.js';

/** A draft as it may be stored and shown, its secrets apart. */
export interface ConcealedDraft {
  draft: EntryDraft;
  /** Over the draft with fingerprints in the place of its secrets: who sends the same secret again changes nothing. */
  checksum: string;
  secrets: StoredSecret[];
  /** Pointers of secrets whose value is another than before, where the mask alone does not show it. */
  changed: string[];
}

const placeOf = (uid: string, field: string): SecretPlace => ({ table: 'entry_secret', row: uid, field });

const hasSecrets = (row: EntryRow): boolean => secretNames(row.security_context).length > 0;

/**
 * The keys of metadata named in `security_context.encrypted_fields`. Their values stand sealed in a table of their own,
 * and a mask in their place: what reads entries in any way (lists, search, events, history) can show nothing else.
 * Only `revealed` opens them.
 */
@Injectable()
export class EntrySecrets {
  private readonly logger: Logger;

  constructor(
    private readonly repository: EntrySecretRepository,
    private readonly box: SecretBox,
    @Inject(CREDENTIAL_VERIFIER) private readonly credentials: CredentialVerifier,
    logger: Logger,
    @Optional() @Inject(REVEAL_LOG) private readonly log?: RevealLog,
  ) {
    this.logger = logger.child('secrets');
  }

  /** What is stored of the secrets of these entries, by inside id; asks nothing where none can have any. */
  stored(rows: readonly EntryRow[]): Promise<Map<string, StoredSecret[]>> {
    return this.repository.of(rows.filter(hasSecrets).map(({ id }) => id));
  }

  /**
   * Takes the secrets out of a draft. A mask leaves the value as it is stored in `before`.
   * @throws ImpossibleError `entity.secret_masked` when a secret is to be one no longer and only its mask is given
   */
  async conceal(uid: string, draft: EntryDraft, before: readonly StoredSecret[] = []): Promise<ConcealedDraft> {
    const fields = secretFieldsOf(draft.metadata, secretNames(draft.security_context));
    const pointers = fields.map(({ pointer }) => pointer);
    assertNotLaidOpen(draft, pointers, before);
    if (fields.length === 0) return { draft, checksum: checksumOf(draft), secrets: [], changed: [] };
    const known = new Map(before.map((secret) => [secret.field, secret]));
    const secrets: StoredSecret[] = [];
    const changed: string[] = [];
    for (const { pointer, value } of fields) {
      const former = known.get(pointer);
      // A mask with nothing behind it (an export made without the secrets) is what it is.
      if (value === MASK && !former) continue;
      const secret = value === MASK ? former! : await this.sealed(uid, pointer, value, former);
      if (former && secret !== former) changed.push(pointer);
      secrets.push(secret);
    }
    const masks = new Map(pointers.map((pointer) => [pointer, MASK]));
    const prints = new Map(secrets.map(({ field, fingerprint }) => [field, `hmac:${fingerprint}`]));
    const masked = withValues(draft.metadata, masks);
    return {
      draft: { ...draft, metadata: masked },
      checksum: checksumOf({ ...draft, metadata: withValues(masked, prints) }),
      secrets,
      changed,
    };
  }

  /** Writes the secrets of entries, in the transaction that writes the entries. Takes inside ids. */
  save(entries: readonly { entryId: string; secrets: readonly StoredSecret[] }[]): Promise<void> {
    return this.repository.replace(entries);
  }

  /** The rows as the caller may see them: secrets in the clear with `read:secrets`, and then there is a record of it. */
  revealed(rows: readonly EntryRow[]): readonly EntryRow[] | Promise<readonly EntryRow[]> {
    const principal = currentRequest()?.principal;
    const closed = !principal || !rows.some(hasSecrets) || !this.credentials.allows(principal, 'read:secrets');
    return closed ? rows : this.opened(rows);
  }

  /** The same secret under the newest data key. */
  async resealed({ uid, field, sealed }: OldSecret): Promise<string> {
    const place = placeOf(uid, field);
    return this.box.seal(place, await this.box.open(place, sealed));
  }

  private async sealed(uid: string, field: string, value: unknown, former?: StoredSecret): Promise<StoredSecret> {
    const place = placeOf(uid, field);
    const text = JSON.stringify(value);
    const fingerprint = await this.box.fingerprint(place, text);
    if (former?.fingerprint === fingerprint) return former;
    return { field, fingerprint, sealed: await this.box.seal(place, text) };
  }

  private async opened(rows: readonly EntryRow[]): Promise<readonly EntryRow[]> {
    const stored = await this.stored(rows);
    if (stored.size === 0) return rows;
    const open: EntryRow[] = [];
    for (const row of rows) open.push(await this.open(row, stored.get(row.id) ?? []));
    const shown = open.filter((row, i) => row !== rows[i]);
    await this.record(shown, stored);
    return open;
  }

  private async open(row: EntryRow, secrets: readonly StoredSecret[]): Promise<EntryRow> {
    const values = new Map<string, unknown>();
    for (const { field, sealed } of secrets) {
      if (valueAt(row.metadata, field) !== MASK) continue;
      values.set(field, JSON.parse(await this.box.open(placeOf(row.uid, field), sealed)));
    }
    return values.size === 0 ? row : { ...row, metadata: withValues(row.metadata, values) };
  }

  private async record(rows: readonly EntryRow[], stored: ReadonlyMap<string, StoredSecret[]>): Promise<void> {
    if (rows.length === 0) return;
    const shown = rows.map((row) => ({
      entity: { type: row.kind, id: row.uid, key: keyOf(row.kind, row.name, row.version) },
      fields: stored.get(row.id)!.map(({ field }) => field),
    }));
    if (this.log) await this.log.revealed(shown);
    else this.logger.info({ actor: currentActor(), secrets: shown }, 'secrets were shown');
  }
}

/** What was secret does not become readable by a change of names: its value must be sent, by somebody who has it. */
function assertNotLaidOpen(draft: EntryDraft, secret: readonly string[], before: readonly StoredSecret[]): void {
  const open = before.filter(({ field }) => valueAt(draft.metadata, field) === MASK && !secret.includes(field));
  if (open.length === 0) return;
  throw new ImpossibleError(
    'entity.secret_masked',
    'What was encrypted under another name or not any more must be sent in the clear, or be removed.',
    open.map(({ field }) => ({
      field: `metadata${field.replaceAll('/', '.')}`,
      message: 'is a mask, not the value',
    })),
  );
}
