import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import jsonPatch from 'fast-json-patch';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { EntrySecrets } from '../../../entries/secrets/entry-secrets.js';
import { MASK } from '../../../entries/secrets/secret-fields.js';
import { currentViewer } from '../../../entries/visibility.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import { configKind } from '../config.kind.js';
import { ConfigRepository } from '../config.repository.js';
import { ConfigResolver } from '../read/config-resolver.js';
import { placeOf } from '../scope.js';
import type { ConfigTarget, Precondition } from '../write/config-target.js';
import { ConfigWriter } from '../write/config-writer.js';
import { withNote } from './change-note.js';
import { ConfigHistory } from './config-history.js';
import { ConfigVersionRepository } from './config-version.repository.js';
import type { ConfigVersionRow } from './config-version.repository.js';
import type { ConfigDiff, ConfigFieldChange, ConfigVersion } from './config-versions.dto.js';

/** The histories of values, and the way back. */
@Injectable()
export class ConfigVersions {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: ConfigVersionRepository,
    private readonly configs: ConfigRepository,
    private readonly history: ConfigHistory,
    private readonly writer: ConfigWriter,
    private readonly kindEntries: KindEntriesService,
    private readonly resolver: ConfigResolver,
    private readonly secrets: EntrySecrets,
  ) {}

  /** The newest first. It goes on where a value was removed and set again. */
  async list(target: ConfigTarget, text: string, page: { limit: number; offset: number }): Promise<ConfigVersion[]> {
    const { name, scopeText } = await this.seen(target, text);
    return (await this.repository.list(name, scopeText, page)).map((row) => shown(row));
  }

  /** One version, in the clear for who may see secrets. */
  async get(
    target: ConfigTarget,
    text: string,
    version: number,
  ): Promise<{ version: ConfigVersion; revealed: boolean }> {
    const row = await this.version(await this.seen(target, text), version);
    if (row.sealed === null || !this.resolver.mayReveal()) return { version: shown(row), revealed: false };
    const value = await this.history.valueOf(row);
    await this.secrets.told([{ uid: row.uid, kind: configKind.name, name: row.name, version: row.scope }], 'value');
    return { version: { ...shown(row), value }, revealed: true };
  }

  async diff(target: ConfigTarget, text: string, from: number, to: number): Promise<ConfigDiff> {
    const place = await this.seen(target, text);
    const [before, after] = [await this.version(place, from), await this.version(place, to)];
    const changes = changesOf(before, after);
    const [one, other] = [before.value, after.value];
    const patch = isDocument(one) && isDocument(other) ? jsonPatch.compare(one, other) : undefined;
    return { from, to, changes, ...(patch && { patch }) };
  }

  /** Makes what a version was a new version. `row` is undefined where that is nothing. */
  async rollback(
    target: ConfigTarget,
    text: string,
    version: number,
    comment: string | null,
    when: Precondition,
  ): Promise<{ row?: EntryRow; name: string; current: number | null }> {
    const place = await this.seen(target, text);
    return this.uow.run(async () => {
      await this.configs.lock(place.name);
      const former = await this.version(place, version);
      const row = await withNote({ origin: `rollback:${version}`, comment }, () =>
        this.restore(place, former, text, when),
      );
      const latest = await this.repository.latest(place.name, place.scopeText);
      return { row, name: place.name, current: latest?.version ?? null };
    });
  }

  private async restore(
    place: ConfigTarget,
    former: ConfigVersionRow,
    text: string,
    when: Precondition,
  ): Promise<EntryRow | undefined> {
    if (former.operation === 'delete') {
      if (await this.writer.idOf(place)) await this.writer.remove(place, text, false, when);
      return undefined;
    }
    const { type, encrypted, validation, fallback } = former;
    const value = await this.history.valueOf(former);
    const fields = { type, encrypted, validation, default: fallback ?? null, value };
    return (await this.writer.set(place, fields, when)).row;
  }

  /** Who may not see a value does not see its history; that of a removed one is for who could see it at the end. */
  private async seen(target: ConfigTarget, text: string): Promise<ConfigTarget> {
    const place = target.uid ? await this.placeOfId(target.uid) : target;
    if (await this.configs.find(place.name, place.scopeText)) return place;
    const latest = await this.repository.latest(place.name, place.scopeText);
    const viewer = currentViewer();
    const may = viewer === undefined || latest?.readers?.some((reader) => viewer.includes(reader)) !== false;
    if (!latest || !may || latest.operation !== 'delete') throw new NotFoundError(configKind.name, text);
    return place;
  }

  private async placeOfId(uid: string): Promise<ConfigTarget> {
    const { name, version } = await this.kindEntries.resolve(configKind, uid);
    return { name, scopeText: version };
  }

  private async version({ name, scopeText }: ConfigTarget, version: number): Promise<ConfigVersionRow> {
    const row = await this.repository.find(name, scopeText, version);
    if (!row) throw new NotFoundError('version', String(version), 'config_version.not_found');
    return row;
  }
}

const isDocument = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A version as it is answered, masked. */
function shown(row: ConfigVersionRow): ConfigVersion {
  const { name, version, operation, type, encrypted, validation, fallback, revision, origin, comment, actor, at } = row;
  const place = placeOf(row.scope) ?? { scope: 'global', scope_id: null };
  return {
    name,
    ...place,
    version,
    operation,
    type,
    value: row.sealed === null ? row.value : MASK,
    encrypted,
    validation,
    default: fallback,
    revision,
    origin,
    comment,
    actor,
    at: at.toISOString(),
  };
}

const COMPARED = ['operation', 'type', 'value', 'encrypted', 'validation', 'default'] as const;

function changesOf(before: ConfigVersionRow, after: ConfigVersionRow): ConfigFieldChange[] {
  const [one, other] = [shown(before), shown(after)];
  const differs = (field: (typeof COMPARED)[number]): boolean =>
    !isDeepStrictEqual(one[field], other[field]) || (field === 'value' && before.fingerprint !== after.fingerprint);
  return COMPARED.filter(differs).map((field) => ({ field, from: one[field], to: other[field] }));
}
