import { Injectable } from '@nestjs/common';
import { EntryIds } from '../../entries/entry-ids.js';
import { KindEntriesService } from '../../entries/kind/kind-entries.service.js';
import { Memberships } from '../../entries/membership/memberships.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
import type { FieldError } from '../../platform/errors/registry-error.js';
import type { RegistryMembersAdded, RegistryStats } from './registry.dto.js';
import { registryKind } from './registry.kind.js';
import { RegistryTreeRepository } from './registry-tree.repository.js';
import type { MemberCount } from './registry-tree.repository.js';

/** The entries that live in registries. */
@Injectable()
export class RegistryMembersService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly kindEntries: KindEntriesService,
    private readonly ids: EntryIds,
    private readonly memberships: Memberships,
    private readonly tree: RegistryTreeRepository,
  ) {}

  /**
   * Lets entries live in a registry: all of them or none.
   * @throws InvalidError naming each text that names no entry, or a registry
   */
  async add(idOrKey: string, entries: readonly string[]): Promise<RegistryMembersAdded> {
    const registry = await this.kindEntries.resolve(registryKind, idOrKey);
    const found = await this.ids.resolveMany(entries);
    const wrong = entries.flatMap((text, at): FieldError[] => {
      const kind = found.get(text)?.kind;
      if (kind === registryKind.name)
        return [{ field: `entries.${at}`, message: 'is a registry: POST /{id}/move moves it' }];
      return kind === undefined ? [{ field: `entries.${at}`, message: 'names no entry' }] : [];
    });
    if (wrong.length > 0) throw new InvalidError(`${wrong.length} of these cannot be taken in.`, wrong.slice(0, 100));
    const ids = [...new Set([...found.values()].map(({ id }) => id))];
    const added = await this.uow.run(() => this.memberships.add(registry, ids));
    return { added, unchanged: ids.length - added };
  }

  async stats(idOrKey: string, recursive: boolean): Promise<RegistryStats> {
    const { id } = await this.kindEntries.resolve(registryKind, idOrKey);
    const counts = await this.tree.members(id, recursive);
    const by = (field: 'kind' | 'status' | 'health'): Record<string, number> => sums(counts, field);
    const total = counts.reduce((sum, { n }) => sum + Number(n), 0);
    return { total, by_type: by('kind'), by_status: by('status'), by_health: by('health') };
  }
}

function sums(counts: readonly MemberCount[], field: 'kind' | 'status' | 'health'): Record<string, number> {
  const found: Record<string, number> = {};
  for (const count of counts) found[count[field]] = (found[count[field]] ?? 0) + Number(count.n);
  return found;
}
