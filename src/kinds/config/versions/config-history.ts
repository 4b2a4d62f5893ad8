import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntryRow } from '../../../entries/entry-response.js';
import { SecretBox } from '../../../platform/crypto/secret-box.js';
import type { SecretPlace } from '../../../platform/crypto/secret-box.js';
import { currentActor } from '../../../platform/http/request-context.js';
import type { ConfigSpec } from '../config.kind.js';
import { currentNote } from './change-note.js';
import { ConfigVersionRepository } from './config-version.repository.js';
import type { ConfigVersionRow, NewConfigVersion } from './config-version.repository.js';

/** Where the sealed value of a version stands. */
export const versionPlace = ({
  name,
  scope,
  version,
}: Pick<ConfigVersionRow, 'name' | 'scope' | 'version'>): SecretPlace => ({
  table: 'config_version',
  row: `${name}@${scope}`,
  field: String(version),
});

/** Fingerprints of one key in one scope compare across its versions. */
const printPlace = (name: string, scope: string): SecretPlace => ({
  table: 'config_version',
  row: `${name}@${scope}`,
  field: 'value',
});

/** Writes the versions of values, in the transaction that changes them and under the lock of configuration. */
@Injectable()
export class ConfigHistory {
  constructor(
    private readonly repository: ConfigVersionRepository,
    private readonly box: SecretBox,
  ) {}

  /** A new version when value or definition are others than in the newest one. `plain` is the value in the clear. */
  async saved(row: EntryRow, plain: unknown): Promise<void> {
    const spec = row.spec as unknown as ConfigSpec;
    const encrypted = spec.encrypted === true;
    const latest = await this.repository.latest(row.name, row.version);
    const text = JSON.stringify(plain);
    const fingerprint = encrypted ? await this.box.fingerprint(printPlace(row.name, row.version), text) : null;
    const next: NewConfigVersion = {
      ...this.plainVersion(row, (latest?.version ?? 0) + 1),
      operation: 'set',
      value: encrypted ? null : plain,
      fingerprint,
      encrypted,
      validation: spec.validation ?? null,
      fallback: spec.default ?? null,
    };
    if (latest && isSame(latest, next)) return;
    if (encrypted) next.sealed = await this.box.seal(versionPlace(next), text);
    await this.repository.insert(next);
  }

  async removed(row: EntryRow): Promise<void> {
    const latest = await this.repository.latest(row.name, row.version);
    await this.repository.insert(this.plainVersion(row, (latest?.version ?? 0) + 1));
  }

  /** The value of a version in the clear; nothing records it here. */
  async valueOf(version: ConfigVersionRow): Promise<unknown> {
    if (version.sealed === null) return version.value ?? undefined;
    return JSON.parse(await this.box.open(versionPlace(version), version.sealed));
  }

  private plainVersion(row: EntryRow, version: number): NewConfigVersion {
    const { origin, comment = null } = currentNote();
    const spec = row.spec as unknown as ConfigSpec;
    return {
      name: row.name,
      scope: row.version,
      version,
      operation: 'delete',
      uid: row.uid,
      revision: row.revision,
      type: spec.type!,
      value: null,
      sealed: null,
      fingerprint: null,
      encrypted: spec.encrypted === true,
      validation: null,
      fallback: null,
      origin,
      comment,
      actor: currentActor(),
    };
  }
}

const COMPARED = ['operation', 'type', 'encrypted', 'fingerprint', 'value', 'validation', 'fallback'] as const;

const isSame = (one: NewConfigVersion, other: NewConfigVersion): boolean =>
  COMPARED.every((field) => isDeepStrictEqual(one[field], other[field]));
