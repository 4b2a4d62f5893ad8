import { Inject, Injectable, Optional } from '@nestjs/common';
import { REVEAL_LOG } from '../../platform/crypto/reveal-log.js';
import type { RevealLog } from '../../platform/crypto/reveal-log.js';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import type { SecretPlace } from '../../platform/crypto/secret-box.js';
import { ForbiddenError, ImpossibleError } from '../../platform/errors/registry-error.js';
import { CREDENTIAL_VERIFIER } from '../../platform/http/credential-verifier.js';
import type { CredentialVerifier } from '../../platform/http/credential-verifier.js';
import { currentActor, currentRequest } from '../../platform/http/request-context.js';
import { Logger } from '../../platform/logging/logger.js';
import { checksumOf } from '../entry-draft.js';
import type { EntryDraft } from '../entry-draft.js';
import { keyOf } from '../entry-key.js';
import type { EntryRow } from '../entry-response.js';
import { KindCatalog } from '../kind/kind-catalog.js';
import { EntrySecretRepository } from './entry-secret.repository.js';
import type { OldSecret, StoredSecret } from './entry-secret.repository.js';
import { MASK, secretFieldsOf, secretNames, valueAt, withValues } from './secret-fields.js';

/** A draft as it may be stored and shown, its secrets apart. */
export interface ConcealedDraft {
  draft: EntryDraft;
  /** Over the draft with fingerprints in the place of its secrets: who sends the same secret again changes nothing. */
  checksum: string;
  secrets: StoredSecret[];
  /** Fields ({@link StoredSecret}) whose value is another than before, where the mask alone does not show it. */
  changed: string[];
}

const REVEALING = 'read:secrets';

const placeOf = (uid: string, field: string): SecretPlace => ({ table: 'entry_secret', row: uid, field });

/** Whether a stored field is a key of metadata; others are fields of the kind's own, as `spec/<name>`. */
const inMetadata = (field: string): boolean => field.startsWith('/');
const inSpec = (name: string): string => `spec/${name}`;

const hasSecrets = (row: EntryRow): boolean => secretNames(row.security_context).length > 0;

/**
 * The keys of metadata named in `security_context.encrypted_fields`, and the fields a kind declares secret. Their values
 * stand sealed in a table of their own, and a mask in their place: what reads entries in any way (lists, search, events,
 * history) can show nothing else. Only `revealed` opens those of metadata; those of a kind it opens for exports,
 * `reveal` and `plain` one by one.
 */
@Injectable()
export class EntrySecrets {
  private readonly logger: Logger;

  constructor(
    private readonly repository: EntrySecretRepository,
    private readonly box: SecretBox,
    @Inject(CREDENTIAL_VERIFIER) private readonly credentials: CredentialVerifier,
    private readonly kinds: KindCatalog,
    logger: Logger,
    @Optional() @Inject(REVEAL_LOG) private readonly log?: RevealLog,
  ) {
    this.logger = logger.child('secrets');
  }

  /** What is stored of the secrets of these entries, by inside id; asks nothing where none can have any. */
  stored(rows: readonly EntryRow[]): Promise<Map<string, StoredSecret[]>> {
    const concerned = rows.filter((row) => hasSecrets(row) || this.secretsOf(row.kind).length > 0);
    return this.repository.of(concerned.map(({ id }) => id));
  }

  /**
   * Takes the secrets out of a draft. A mask leaves the value as it is stored in `before`.
   * @throws ImpossibleError `entity.secret_masked` when a secret is to be one no longer and only its mask is given
   */
  async conceal(uid: string, draft: EntryDraft, before: readonly StoredSecret[] = []): Promise<ConcealedDraft> {
    const keys = secretFieldsOf(draft.metadata, secretNames(draft.security_context));
    const pointers = keys.map(({ pointer }) => pointer);
    assertNotLaidOpen(draft, pointers, before);
    const own = this.secretsIn(draft);
    if (keys.length + own.length === 0) return { draft, checksum: checksumOf(draft), secrets: [], changed: [] };
    const values = new Map(keys.map(({ pointer, value }) => [pointer, value]));
    for (const name of own) values.set(inSpec(name), draft.spec[name]);
    const { secrets, changed } = await this.settled(uid, values, before);
    const prints = new Map(secrets.map(({ field, fingerprint }) => [field, `hmac:${fingerprint}`]));
    const metadata = withValues(draft.metadata, new Map(pointers.map((pointer) => [pointer, MASK])));
    const printed = withValues(metadata, new Map([...prints].filter(([field]) => inMetadata(field))));
    const masked = { ...draft, metadata, spec: replaced(draft.spec, own, prints, MASK) };
    const checksum = checksumOf({ ...draft, metadata: printed, spec: replaced(draft.spec, own, prints) });
    return { draft: masked, checksum, secrets, changed };
  }

  /** Writes the secrets of entries, in the transaction that writes the entries. Takes inside ids. */
  save(entries: readonly { entryId: string; secrets: readonly StoredSecret[] }[]): Promise<void> {
    return this.repository.replace(entries);
  }

  /**
   * The rows as the caller may see them: secrets in the clear with `read:secrets`, and then there is a record of it. Those
   * of a kind's own fields stay masked, but for an export that was asked for them (`whole`).
   */
  revealed(rows: readonly EntryRow[], whole = false): readonly EntryRow[] | Promise<readonly EntryRow[]> {
    const principal = currentRequest()?.principal;
    const some = rows.some((row) => hasSecrets(row) || (whole && this.secretsOf(row.kind).length > 0));
    return principal && some && this.credentials.allows(principal, REVEALING) ? this.opened(rows, whole) : rows;
  }

  /** @throws ForbiddenError when the caller may not see secrets in the clear */
  assertRevealable(): void {
    const principal = currentRequest()?.principal;
    if (principal && !this.credentials.allows(principal, REVEALING))
      throw new ForbiddenError(`Secrets in the clear need the permission "${REVEALING}".`, { missing: REVEALING });
  }

  /** A secret field of the kind's own in the clear, for use in memory; nothing records it. Undefined when there is none. */
  async plain<T = string>(row: Pick<EntryRow, 'id' | 'uid'>, name: string): Promise<T | undefined> {
    const stored = (await this.repository.of([row.id])).get(row.id);
    const secret = stored?.find(({ field }) => field === inSpec(name));
    return secret && ((await this.unsealed(row.uid, name, secret.sealed)) as T);
  }

  /** As {@link plain}, for somebody who asked: recorded before it is answered. Who may ask is the route's matter. */
  async reveal(row: EntryRow, name: string): Promise<string | undefined> {
    const value = await this.plain(row, name);
    if (value !== undefined) await this.record([row], () => [`/${inSpec(name)}`]);
    return value;
  }

  /** The same secret under the newest data key. */
  async resealed({ uid, field, sealed }: OldSecret): Promise<string> {
    const place = placeOf(uid, field);
    return this.box.seal(place, await this.box.open(place, sealed));
  }

  /** A secret field of the kind's own whose sealed text is at hand, in the clear; for use in memory, as {@link plain}. */
  async unsealed(uid: string, name: string, sealed: string): Promise<unknown> {
    return JSON.parse(await this.box.open(placeOf(uid, inSpec(name)), sealed));
  }

  /** Notes that these fields of the kind's own are about to be shown in the clear; what throws here must not be shown. */
  async told(rows: readonly Pick<EntryRow, 'uid' | 'kind' | 'name' | 'version'>[], name: string): Promise<void> {
    await this.record(rows, () => [`/${inSpec(name)}`]);
  }

  private secretsIn({ type, spec }: EntryDraft): string[] {
    const when = Object.entries(this.kinds.find(type)?.secretWhen ?? {});
    if (!when.every(([name, value]) => spec[name] === value)) return [];
    return this.secretsOf(type).filter((name) => spec[name] !== undefined && spec[name] !== null);
  }

  private secretsOf(type: string): readonly string[] {
    return this.kinds.find(type)?.secrets ?? [];
  }

  private async settled(
    uid: string,
    values: ReadonlyMap<string, unknown>,
    before: readonly StoredSecret[],
  ): Promise<Pick<ConcealedDraft, 'secrets' | 'changed'>> {
    const known = new Map(before.map((secret) => [secret.field, secret]));
    const secrets: StoredSecret[] = [];
    const changed: string[] = [];
    for (const [field, value] of values) {
      const former = known.get(field);
      // A mask with nothing behind it (an export made without the secrets) hides nothing.
      if (value === MASK && !former) continue;
      const secret = value === MASK ? former! : await this.sealed(uid, field, value, former);
      if (former && secret !== former) changed.push(field);
      secrets.push(secret);
    }
    return { secrets, changed };
  }

  private async sealed(uid: string, field: string, value: unknown, former?: StoredSecret): Promise<StoredSecret> {
    const place = placeOf(uid, field);
    const text = JSON.stringify(value);
    const fingerprint = await this.box.fingerprint(place, text);
    if (former?.fingerprint === fingerprint) return former;
    return { field, fingerprint, sealed: await this.box.seal(place, text) };
  }

  private async opened(rows: readonly EntryRow[], whole: boolean): Promise<readonly EntryRow[]> {
    const stored = await this.stored(rows);
    if (stored.size === 0) return rows;
    const opens = ({ field }: StoredSecret): boolean => whole || inMetadata(field);
    const open: EntryRow[] = [];
    for (const row of rows) open.push(await this.open(row, (stored.get(row.id) ?? []).filter(opens)));
    const shown = open.filter((row, i) => row !== rows[i]);
    await this.record(shown, ({ id }) =>
      stored
        .get(id)!
        .filter(opens)
        .map(({ field }) => (inMetadata(field) ? field : `/${field}`)),
    );
    return open;
  }

  private async open(row: EntryRow, secrets: readonly StoredSecret[]): Promise<EntryRow> {
    const values = new Map<string, unknown>();
    const own = new Map<string, unknown>();
    for (const { field, sealed } of secrets) {
      const name = inMetadata(field) ? undefined : field.slice(inSpec('').length);
      if ((name === undefined ? valueAt(row.metadata, field) : row.spec[name]) !== MASK) continue;
      const value: unknown = JSON.parse(await this.box.open(placeOf(row.uid, field), sealed));
      if (name === undefined) values.set(field, value);
      else own.set(name, value);
    }
    if (values.size + own.size === 0) return row;
    return { ...row, spec: { ...row.spec, ...Object.fromEntries(own) }, metadata: withValues(row.metadata, values) };
  }

  private async record<Row extends Pick<EntryRow, 'uid' | 'kind' | 'name' | 'version'>>(
    rows: readonly Row[],
    fieldsOf: (row: Row) => string[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const shown = rows.map((row) => ({
      entity: { type: row.kind, id: row.uid, key: keyOf(row.kind, row.name, row.version) },
      fields: fieldsOf(row),
    }));
    if (this.log) await this.log.revealed(shown);
    else this.logger.info({ actor: currentActor(), secrets: shown }, 'secrets were shown');
  }
}

/** A spec with these secrets replaced by their prints, or by the mask; one with nothing behind it is left out. */
function replaced(
  spec: Record<string, unknown>,
  names: readonly string[],
  prints: ReadonlyMap<string, string>,
  mask?: string,
): Record<string, unknown> {
  const others = Object.entries(spec).filter(([name]) => !names.includes(name));
  const kept = names.filter((name) => prints.has(inSpec(name)));
  return Object.fromEntries([...others, ...kept.map((name) => [name, mask ?? prints.get(inSpec(name))!] as const)]);
}

/** What was secret does not become readable by a change of names: its value must be sent, by somebody who has it. */
function assertNotLaidOpen(draft: EntryDraft, secret: readonly string[], before: readonly StoredSecret[]): void {
  const open = before.filter(
    ({ field }) => inMetadata(field) && valueAt(draft.metadata, field) === MASK && !secret.includes(field),
  );
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
