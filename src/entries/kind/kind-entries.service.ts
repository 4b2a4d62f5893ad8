import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../platform/errors/registry-error.js';
import { validated } from '../../platform/http/validation.pipe.js';
import { EntriesService } from '../entries.service.js';
import type { EntryDraft } from '../entry-draft.js';
import { mergePatch } from '../entry-draft.js';
import { EntryIds } from '../entry-ids.js';
import type { ResolvedEntry } from '../entry-ids.js';
import type { EntryRow } from '../entry-response.js';
import { ownHealth } from '../health/health-propagation.js';
import type { Kind } from './kind.js';
import { KindCatalog } from './kind-catalog.js';
import { inOwnWords } from './own-words.js';
import { bodyOf, kindResponse, writableOf } from './kind-view.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How an entry of this kind was named on its own path: by id, by key, or by its name alone. */
export const keyOn = ({ prefix }: Pick<Kind, 'prefix'>, text: string): string =>
  UUID.test(text) || text.toLowerCase().startsWith(`${prefix}_`) ? text : `${prefix}_${text}`;

/** The entries of one kind, in the words of its own path. */
@Injectable()
export class KindEntriesService {
  constructor(
    private readonly entries: EntriesService,
    private readonly ids: EntryIds,
    private readonly catalog: KindCatalog,
  ) {}

  /** @throws ConflictError `entity.already_exists`; InvalidError */
  async register(kind: Kind, body: object): Promise<EntryRow> {
    return inOwnWords(kind.fields, body, async () => (await this.entries.register(bodyOf(kind, body))).row);
  }

  /** @throws NotFoundError `<kind>.not_found`, also for an entry of another kind */
  async get(kind: Kind, idOrKey: string): Promise<EntryRow> {
    const row = await this.entries.find(keyOn(kind, idOrKey));
    if (row?.kind !== kind.name) throw new NotFoundError(kind.name, idOrKey);
    return row;
  }

  /** @throws NotFoundError as {@link get} */
  async resolve(kind: Kind, idOrKey: string): Promise<ResolvedEntry> {
    const found = await this.ids.find(keyOn(kind, idOrKey));
    if (found?.kind !== kind.name) throw new NotFoundError(kind.name, idOrKey);
    return found;
  }

  /** Replaces the writable part; state and health stay. `check` sees the locked row first. */
  async replace(kind: Kind, idOrKey: string, body: object, check: (row: EntryRow) => void): Promise<EntryRow> {
    return inOwnWords(kind.fields, body, () => this.revise(kind, idOrKey, check, () => body));
  }

  /** Applies a JSON merge patch (RFC 7396) to the writable part, nested fields of the kind included. */
  async patch(kind: Kind, idOrKey: string, patch: unknown, check: (row: EntryRow) => void): Promise<EntryRow> {
    validated(kind.classes.patch, patch, 'body', true);
    return inOwnWords(kind.fields, patch as object, () =>
      this.revise(kind, idOrKey, check, (row) => validated(kind.classes.replace, mergePatch(writableOf(row), patch))),
    );
  }

  async remove(kind: Kind, idOrKey: string, force: boolean, check: (row: EntryRow) => void): Promise<void> {
    const { uid } = await this.resolve(kind, idOrKey);
    await this.entries.remove(uid, force, check);
  }

  /** The rows as answers, with what the kind's hooks add. */
  async responses(kind: Kind, rows: readonly EntryRow[]): Promise<Record<string, unknown>[]> {
    const extra = await this.catalog.hooksOf(kind.name).shown?.(rows);
    return rows.map((row) => kindResponse(kind, row, extra?.get(row.id)));
  }

  private async revise(
    kind: Kind,
    idOrKey: string,
    check: (row: EntryRow) => void,
    next: (row: EntryRow) => object,
  ): Promise<EntryRow> {
    const { uid } = await this.resolve(kind, idOrKey);
    return this.entries.revise(uid, check, (row) => ({ ...bodyOf(kind, next(row)), ...kept(row) }));
  }
}

/** What is no part of a replacement: identity, when not repeated, and what transitions and reports say. */
const kept = (row: EntryRow): Pick<EntryDraft, 'status' | 'health'> => ({
  status: row.status,
  health: ownHealth(row),
});
