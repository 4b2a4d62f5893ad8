import { Injectable } from '@nestjs/common';
import { EntriesService } from '../../entries/entries.service.js';
import type { EntryDraft } from '../../entries/entry-draft.js';
import type { ResolvedEntry } from '../../entries/entry-ids.js';
import { keyOf } from '../../entries/entry-key.js';
import type { EntryRow } from '../../entries/entry-response.js';
import { HooksFor } from '../../entries/kind/kind-hooks.js';
import type { KindHooks } from '../../entries/kind/kind-hooks.js';
import { Memberships } from '../../entries/membership/memberships.js';
import { ConflictError, ImpossibleError, InvalidError } from '../../platform/errors/registry-error.js';
import { REGISTRY_LEVELS } from './registry.kind.js';
import { RegistryTreeRepository } from './registry-tree.repository.js';

const rankOf = (level: unknown): number => REGISTRY_LEVELS.findIndex((known) => known === level);

/** A registry lives in the one above it: its `parent_id` is its `registry_id`. */
@Injectable()
@HooksFor('registry')
export class RegistryHooks implements KindHooks {
  constructor(
    private readonly tree: RegistryTreeRepository,
    private readonly memberships: Memberships,
    private readonly entries: EntriesService,
  ) {}

  /** Before rows are locked: who waits for the tree with a row locked would be waited for by who has the tree. */
  beforeLock(): Promise<void> {
    return this.tree.lock();
  }

  async beforeSave(draft: EntryDraft, before?: EntryRow): Promise<void> {
    await this.tree.lock();
    const uid = await this.parentOf(draft, before);
    const { parent_id: _, ...spec } = draft.spec;
    draft.registry_id = uid;
    draft.spec = uid === null ? spec : { ...spec, parent_id: uid };
    const parent = uid === null || uid === before?.registry_id ? undefined : await this.memberships.resolve(uid);
    if (parent) await this.assertNoCycle(parent, before);
    if (uid !== null && (parent || spec.level !== before?.spec.level)) await this.assertBelow(draft, uid, parent);
    if (before && spec.level !== before.spec.level) await this.assertAbove(draft, before);
  }

  /** Removes the registries below and takes the entries out; they live on without a registry. */
  async beforeRemove(row: EntryRow, force: boolean): Promise<void> {
    if (await this.tree.isEmpty(row.id)) return;
    if (!force) throw await this.notEmpty(row);
    if (!(await this.tree.seesAllBelow(row.id)))
      throw new ConflictError(
        'registry.not_empty',
        'It cannot be removed: not all that stands below it is yours to see.',
      );
    for (const uid of await this.tree.childrenOf(row.id)) await this.entries.remove(uid, true, () => undefined);
    await this.memberships.takeOut(row.id);
  }

  async shown(rows: readonly EntryRow[]): Promise<ReadonlyMap<string, object>> {
    const keys = await this.memberships.keysOf(rows);
    const parts = ({ registry_id: uid }: EntryRow): object => ({
      parent_id: uid,
      parent_key: uid === null ? null : (keys.get(uid) ?? null),
    });
    return new Map(rows.map((row) => [row.id, parts(row)]));
  }

  /** The public id of the parent that is wanted: of `parent_id` and `registry_id` the one that is to change. */
  private async parentOf(draft: EntryDraft, before?: EntryRow): Promise<string | null> {
    const was = before?.registry_id ?? null;
    const settled = async (text: unknown, field: string): Promise<string | null> => {
      if (typeof text !== 'string' || text === '') return null;
      return text === was ? text : (await this.memberships.resolve(text, field)).uid;
    };
    const parent = await settled(draft.spec.parent_id, 'parent_id');
    const home = await settled(draft.registry_id, 'registry_id');
    if (home === null || home === was || home === parent) return parent;
    if (parent === null || parent === was) return home;
    throw InvalidError.field('registry_id', 'names another registry than parent_id; of a registry they are the same');
  }

  private async assertNoCycle(parent: ResolvedEntry, before: EntryRow | undefined): Promise<void> {
    if (!before || !(await this.tree.isWithin(parent.id, before.id))) return;
    const keys = [before, parent].map((one) => keyOf(one.kind, one.name, one.version));
    throw new ImpossibleError('registry.cycle', `${keys[1]} is ${keys[0]} or stands below it.`, [
      { field: 'parent_id', message: 'is the registry itself or stands below it' },
    ]);
  }

  private async assertBelow({ spec }: EntryDraft, uid: string, parent?: ResolvedEntry): Promise<void> {
    // Where only the level changes the parent may be one that the caller does not see: it is judged, not named.
    const level = (await this.tree.levelOf(uid)) ?? 'none';
    if (rankOf(spec.level) > rankOf(level)) return;
    const key = parent ? ` ${keyOf(parent.kind, parent.name, parent.version)}` : ' above it';
    throw wrongLevels(`A ${String(spec.level)} cannot stand below the ${level}${key}`, String(spec.level), level);
  }

  private async assertAbove({ spec }: EntryDraft, before: EntryRow): Promise<void> {
    const wrong = (await this.tree.levelsBelow(before.id)).find((level) => rankOf(level) <= rankOf(spec.level));
    if (!wrong) return;
    throw wrongLevels(
      `As a ${String(spec.level)} it cannot stand above the ${wrong} below it`,
      wrong,
      String(spec.level),
    );
  }

  private async notEmpty(row: EntryRow): Promise<ConflictError> {
    const counts = await this.tree.members(row.id, false);
    const sum = (registries: boolean): number =>
      counts.filter(({ kind }) => (kind === 'registry') === registries).reduce((all, { n }) => all + Number(n), 0);
    const [registries, entries] = [sum(true), sum(false)];
    return new ConflictError(
      'registry.not_empty',
      `${registries} registries and ${entries} entries live in it; force=true removes the registries below it and takes the entries out.`,
      { registries, entries },
    );
  }
}

const wrongLevels = (what: string, child: string, parent: string): ImpossibleError =>
  new ImpossibleError(
    'registry.level',
    `${what}: from the top down levels are ${REGISTRY_LEVELS.join(', ')}.`,
    [{ field: 'level', message: `${child} is not below ${parent}, the level of the registry above` }],
    { child_level: child, parent_level: parent },
  );
