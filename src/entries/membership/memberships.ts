import { Injectable } from '@nestjs/common';
import { ConflictError, InvalidError } from '../../platform/errors/registry-error.js';
import type { EntryDraft } from '../entry-draft.js';
import { updatedEvent } from '../entry-events.js';
import { EntryIds } from '../entry-ids.js';
import type { ResolvedEntry } from '../entry-ids.js';
import { keyOf } from '../entry-key.js';
import type { EntryRow } from '../entry-response.js';
import { prefixOf } from '../entry-types.js';
import { KindCatalog } from '../kind/kind-catalog.js';
import { Outbox } from '../outbox.js';
import { MembershipRepository } from './membership.repository.js';
import type { RegistryDefaults } from './membership.repository.js';

const REGISTRY = 'registry';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const BATCH = 500;

/** A registry as it may be named: by id, by key, or by its name alone. */
export const registryReference = (text: string): string =>
  UUID.test(text) || text.toLowerCase().startsWith(`${prefixOf(REGISTRY)}_`) ? text : `${prefixOf(REGISTRY)}_${text}`;

/** Nearest first: the owner of the nearest, the tags of all, each key of config from the nearest that has it. */
export const effectiveDefaults = (nearestFirst: readonly RegistryDefaults[]): RegistryDefaults => ({
  owner: nearestFirst.find(({ owner }) => owner !== null)?.owner ?? null,
  tags: [...new Set(nearestFirst.toReversed().flatMap(({ tags }) => tags))],
  config: Object.fromEntries(nearestFirst.toReversed().flatMap(({ config }) => Object.entries(config))),
});

/** The registries that entries live in: every entry may live in one (`registry_id`), and a registry lives in its parent. */
@Injectable()
export class Memberships {
  constructor(
    private readonly ids: EntryIds,
    private readonly repository: MembershipRepository,
    private readonly kinds: KindCatalog,
    private readonly outbox: Outbox,
  ) {}

  /** @throws InvalidError naming `field` when it names no registry the caller sees */
  async resolve(text: string, field = 'registry_id'): Promise<ResolvedEntry> {
    const found = await this.ids.find(registryReference(text));
    if (found?.kind !== REGISTRY) throw InvalidError.field(field, 'names no registry');
    return found;
  }

  /**
   * Settles where a draft is to live: the public id in the place of a key or name. A new entry gets from its registry the
   * owner and tags that it has none of. One that stays where it is needs no look, so that who does not see the registry
   * can still change the entry. In the transaction that writes it.
   * @throws ConflictError `registry.disabled`
   */
  async settle(draft: EntryDraft, before?: EntryRow): Promise<void> {
    if (draft.registry_id === null || draft.registry_id === before?.registry_id) return;
    const registry = await this.resolve(draft.registry_id);
    draft.registry_id = registry.uid;
    if (registry.uid === before?.registry_id) return;
    await this.assertOpen(registry);
    if (before || (draft.owner !== null && draft.tags.length > 0)) return;
    const { owner, tags } = effectiveDefaults(await this.repository.defaultsUp(registry.id));
    draft.owner ??= owner;
    if (draft.tags.length === 0) draft.tags = tags;
  }

  /** How many of these came in; those that are there already stay as they are. In a transaction. */
  async add(registry: ResolvedEntry, ids: readonly string[]): Promise<number> {
    await this.assertOpen(registry);
    const rows = await this.repository.lock(ids);
    return this.move(
      rows.filter((row) => row.registry_id !== registry.uid),
      registry,
    );
  }

  /** Takes every member out of a locked registry, registries below it apart, with an event each; answers how many. */
  async takeOut(registryId: string): Promise<number> {
    for (let taken = 0; ;) {
      const rows = await this.repository.lockMembers(registryId, BATCH);
      taken += await this.move(rows, null);
      if (rows.length < BATCH) return taken;
    }
  }

  /** Keys of the registries that entries live in, by public id; those the caller does not see are absent. */
  async keysOf(rows: readonly Pick<EntryRow, 'registry_id'>[]): Promise<Map<string, string>> {
    const uids = new Set(rows.flatMap(({ registry_id: uid }) => (uid === null ? [] : [uid])));
    if (uids.size === 0) return new Map();
    const found = await this.ids.resolveMany(uids);
    return new Map([...found].map(([uid, { kind, name, version }]) => [uid, keyOf(kind, name, version)]));
  }

  private async assertOpen(registry: ResolvedEntry): Promise<void> {
    const status = await this.repository.holdStatus(registry.id);
    // Gone since it was found, in a transaction that was committed meanwhile.
    if (status === undefined) throw InvalidError.field('registry_id', 'names no registry');
    if (status !== 'disabled') return;
    const key = keyOf(registry.kind, registry.name, registry.version);
    throw new ConflictError('registry.disabled', `The registry ${key} is disabled and takes no new members.`, {
      registry: key,
    });
  }

  private async move(rows: readonly EntryRow[], registry: Pick<ResolvedEntry, 'id'> | null): Promise<number> {
    if (rows.length === 0) return 0;
    const moved = await this.repository.reassign(
      rows.map(({ id }) => id),
      registry?.id ?? null,
    );
    const after = new Map(moved.map((row) => [row.id, row]));
    await this.outbox.record(rows.map((row) => updatedEvent(row, after.get(row.id)!)));
    for (const row of rows) await this.kinds.afterSave(after.get(row.id)!, row);
    return rows.length;
  }
}
