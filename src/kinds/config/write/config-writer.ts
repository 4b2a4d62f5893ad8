import { Injectable } from '@nestjs/common';
import { mergePatch } from '../../../entries/entry-draft.js';
import { EntriesService, draftOfRow } from '../../../entries/entries.service.js';
import { NAME_PATTERN } from '../../../entries/entry-key.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { ownHealth } from '../../../entries/health/health-propagation.js';
import { NAME_RULE } from '../../../entries/http/entry.dto.js';
import { inOwnWords } from '../../../entries/kind/own-words.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { bodyOf } from '../../../entries/kind/kind-view.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ConflictError, ImpossibleError, InvalidError, NotFoundError } from '../../../platform/errors/registry-error.js'; // prettier-ignore
import { configKind } from '../config.kind.js';
import type { ConfigSpec } from '../config.kind.js';
import { placeIn, referenceOf } from '../config-reference.js';
import { ConfigRepository } from '../config.repository.js';
import { placeOf, scopeChain, scopeText } from '../scope.js';
import type { Scope, ScopeContext } from '../scope.js';
import { assertRevision } from './config-target.js';
import type { ConfigTarget, Precondition } from './config-target.js';
import { ConfigTurns } from './config-turns.js';

type Fields = Record<string, unknown>;

/** What a PUT leaves out of a value's definition stays. */
const KEPT = ['type', 'validation', 'default', 'encrypted'] as const;

export type PlaceOfWrite = { scope?: Scope; scope_id?: string } & ScopeContext;

/** Sets and removes values, each an entry of its own. */
@Injectable()
export class ConfigWriter {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly entries: EntriesService,
    private readonly kindEntries: KindEntriesService,
    private readonly repository: ConfigRepository,
    private readonly turns: ConfigTurns,
  ) {}

  /** The value that a path and its query name: without a scope that of the nearest of the context they name. */
  targetOf(text: string, query: PlaceOfWrite): ConfigTarget {
    const reference = referenceOf(text);
    if (!reference.uid && !NAME_PATTERN.test(reference.name)) throw InvalidError.field('id', NAME_RULE);
    const scope = reference.scopeText ?? placeIn(query) ?? scopeText(scopeChain(query)[0]);
    if (!reference.uid && !placeOf(scope)) throw new NotFoundError(configKind.name, text);
    return { uid: reference.uid, name: reference.name, scopeText: scope };
  }

  /** The public id of what is there; undefined also for what the caller may not see. */
  async idOf({ uid, name, scopeText: scope }: ConfigTarget): Promise<string | undefined> {
    if (uid) return (await this.kindEntries.resolve(configKind, uid)).uid;
    return (await this.repository.find(name, scope))?.uid;
  }

  /** @throws ConflictError `entity.already_exists` */
  register(body: object): Promise<EntryRow> {
    const { key, ...rest } = body as { key?: string | null } & Fields;
    const name = key ? referenceOf(key).name : rest.name;
    if (key && rest.name !== undefined && rest.name !== null && rest.name !== name)
      throw InvalidError.field('key', 'and name are two names of the same and must not differ');
    if (typeof name === 'string' && !NAME_PATTERN.test(name)) throw InvalidError.field('key', NAME_RULE);
    return this.kindEntries.register(configKind, { ...rest, name });
  }

  /** Sets a value with its entry's other fields, which PUT replaces; made when it is not there. */
  put(target: ConfigTarget, body: object, when: Precondition): Promise<{ row: EntryRow; made: boolean }> {
    return this.change(target, when, async (uid) => {
      if (uid) {
        const next = (row: EntryRow): Fields => ({ ...kept(row), ...stated(body) });
        return { row: await this.revise(uid, body, when, (row) => bodyOf(configKind, next(row))), made: false };
      }
      assertRevision(when, 0);
      const given = stated(body);
      if (given.name !== undefined && given.name !== null && given.name !== target.name)
        throw new ImpossibleError('entity.identity_fixed', `The path names ${target.name}; name must be the same.`);
      return { row: await this.insert(target, given), made: true };
    });
  }

  /** Sets fields of a value and leaves everything else as it is, metadata by merge patch; made when it is not there. */
  set(
    target: ConfigTarget,
    fields: Partial<ConfigSpec> & { description?: string | null; metadata?: Fields },
    when: Precondition = {},
  ): Promise<{ row: EntryRow; made: boolean }> {
    return this.change(target, when, async (uid) => {
      const { description, metadata = {}, ...spec } = stated(fields);
      const merged = (before: object): Fields => mergePatch(before, metadata) as Fields;
      if (!uid) {
        assertRevision(when, 0);
        return { row: await this.insert(target, { ...stated(fields), metadata: merged({}) }), made: true };
      }
      const row = await this.revise(uid, fields, when, (before) => ({
        ...draftOfRow(before),
        ...(description !== undefined && { description: description as string | null }),
        metadata: merged(before.metadata),
        spec: { ...before.spec, ...spec },
      }));
      return { row, made: false };
    });
  }

  /**
   * Applies a JSON merge patch to the writable part.
   * @throws NotFoundError when it is not there
   */
  patch(target: ConfigTarget, text: string, patch: object, when: Precondition): Promise<EntryRow> {
    return this.change(target, when, async (uid) => {
      if (!uid) throw new NotFoundError(configKind.name, text);
      return this.kindEntries.patch(configKind, uid, patch, ({ revision }) => assertRevision(when, revision));
    });
  }

  /** @throws NotFoundError when it is not there */
  remove(target: ConfigTarget, text: string, force: boolean, when: Precondition = {}): Promise<void> {
    return this.change(target, when, async (uid) => {
      if (!uid) throw new NotFoundError(configKind.name, text);
      await this.kindEntries.remove(configKind, uid, force, ({ revision }) => assertRevision(when, revision));
    });
  }

  /** In its turn and under the lock of its key, given the public id of what is there. */
  private change<T>(
    target: ConfigTarget,
    when: Precondition,
    work: (uid: string | undefined) => Promise<T>,
  ): Promise<T> {
    return this.turns.take(target, when, () =>
      this.uow.run(async () => {
        // An id is looked up first, as the lock is that of its key.
        const { uid, name } = target.uid ? await this.kindEntries.resolve(configKind, target.uid) : target;
        await this.repository.lock(name);
        return work(uid ?? (await this.idOf(target)));
      }),
    );
  }

  private revise(
    uid: string,
    fields: object,
    when: Precondition,
    next: (row: EntryRow) => Parameters<typeof bodyOf>[1],
  ): Promise<EntryRow> {
    // prettier-ignore
    const check = ({ revision }: EntryRow): void => assertRevision(when, revision);
    return inOwnWords(configKind.fields, fields, () =>
      this.entries.revise(uid, check, (row) => ({ ...next(row), status: row.status, health: ownHealth(row) })),
    );
  }

  private async insert({ name, scopeText: scope }: ConfigTarget, fields: Fields): Promise<EntryRow> {
    const place = placeOf(scope)!;
    for (const field of ['scope', 'scope_id'] as const)
      if (fields[field] !== undefined && fields[field] !== null && fields[field] !== place[field])
        throw InvalidError.field(field, 'is another than the one the request names');
    try {
      return await this.kindEntries.register(configKind, { ...fields, ...place, name });
    } catch (error) {
      // It is there for those who may see it.
      if (error instanceof ConflictError && error.code === 'entity.already_exists')
        throw new ConflictError('config.taken', 'The key is taken in this scope.');
      throw error;
    }
  }
}

const stated = (body: object): Fields =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));

const kept = ({ spec }: EntryRow): Fields =>
  Object.fromEntries(KEPT.filter((field) => spec[field] !== undefined).map((field) => [field, spec[field]]));
