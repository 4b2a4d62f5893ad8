import type { AlternativesRepository, NeedRow } from './alternatives.repository.js';
import type { NodeId } from './engine/neighbor-source.js';

export interface Need {
  dependent: NodeId;
  needed: NodeId;
  /** What the needed one is known by. */
  known: { type: string; name: string };
}

/** More alternatives than that on one relationship are not looked at. */
const MOST_NAMES = 200;

const nameKey = (type: string, name: string): string => `${type}\0${name}`;

/**
 * Whether what fails can be replaced, given everything that fails with it. The need of a dependent for an entry has an
 * alternative when one of these holds:
 *
 * - every relationship by which it needs the entry names others in its metadata, and in each group one of them will do:
 *   `groups` (a list of groups, all of which must be met, each a list of `{ name }` or names any one of which will do)
 *   or `alternatives` (one such list). A name will do when an entry of the needed entry's type has it, under a name
 *   other than the needed one's, and is available;
 * - an available entry `provides` the needed one, or `provides` something that the needed one provides too.
 *
 * Available is an entry that is not affected itself and, where others provide it, has a provider that is not.
 */
export class Alternatives {
  private readonly affected: ReadonlySet<NodeId>;
  private readonly named = new Map<string, NodeId[]>();
  private readonly standIns = new Map<NodeId, NodeId[]>();
  private readonly usable = new Map<NodeId, boolean>();

  constructor(
    private readonly repository: AlternativesRepository,
    /** The root and all it takes down. */
    private readonly nodes: readonly NodeId[],
    private readonly typeIds: readonly number[],
  ) {
    this.affected = new Set(nodes);
  }

  async of(needs: readonly Need[]): Promise<boolean[]> {
    const dependents = needs.map(({ dependent }) => dependent);
    const needed = needs.map((need) => need.needed);
    const written = await this.written(await this.repository.needs(dependents, needed, this.typeIds), needs);
    await this.learnStandIns(needed);
    return needs.map(
      (need, i) =>
        written[i] || this.standIns.get(need.needed)!.some((id) => id !== need.dependent && this.isUsable(id)),
    );
  }

  /** Entries that could stand in for the root. */
  async ofRoot(): Promise<NodeId[]> {
    const [root] = this.nodes;
    await this.learnStandIns([root]);
    return this.standIns.get(root)!.filter((id) => this.isUsable(id));
  }

  /** Per need, whether the alternatives written on all its relationships will do. */
  private async written(rows: readonly NeedRow[], needs: readonly Need[]): Promise<boolean[]> {
    const known = new Map(needs.map((need) => [need.needed, need.known]));
    const edges = rows.map(({ dependent, needed, ...metadata }) => {
      const { type, name } = known.get(Number(needed))!;
      const groups = groupsOf(metadata).map((group) => group.filter((other) => other !== name));
      return { dependent: Number(dependent), needed: Number(needed), type, groups: groups.every(hasAny) ? groups : [] };
    });
    await this.learnNames(edges.flatMap(({ type, groups }) => groups.flat().map((name) => ({ type, name }))));
    const replaceable = new Map<string, boolean>();
    for (const { dependent, needed, groups, type } of edges) {
      const will = (name: string): boolean =>
        this.named.get(nameKey(type, name))!.some((id) => id !== dependent && this.isUsable(id));
      const met = groups.length > 0 && groups.every((group) => group.some(will));
      const pair = `${dependent} ${needed}`;
      replaceable.set(pair, met && (replaceable.get(pair) ?? true));
    }
    return needs.map(({ dependent, needed }) => replaceable.get(`${dependent} ${needed}`) ?? false);
  }

  private async learnNames(wanted: readonly { type: string; name: string }[]): Promise<void> {
    const unknown = new Map<string, { type: string; name: string }>();
    for (const one of wanted) {
      const key = nameKey(one.type, one.name);
      if (!this.named.has(key)) unknown.set(key, one);
    }
    if (unknown.size === 0) return;
    for (const key of unknown.keys()) this.named.set(key, []);
    const found = await this.repository.named([...unknown.values()]);
    for (const { type, name, id } of found) this.named.get(nameKey(type, name))!.push(id);
    await this.learnUse(found.map(({ id }) => id));
  }

  private async learnStandIns(ids: readonly NodeId[]): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !this.standIns.has(id));
    if (unknown.length === 0) return;
    const [providers, fellows] = [
      await this.repository.providers(unknown),
      await this.repository.fellowProviders(unknown),
    ];
    for (const id of unknown) {
      const standIns = new Set([...(providers.get(id) ?? []), ...(fellows.get(id) ?? [])]);
      this.standIns.set(
        id,
        [...standIns].sort((a, b) => a - b),
      );
    }
    await this.learnUse(unknown.flatMap((id) => this.standIns.get(id)!));
  }

  private async learnUse(ids: readonly NodeId[]): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !this.usable.has(id));
    const unaffected = unknown.filter((id) => !this.affected.has(id));
    for (const id of unknown) this.usable.set(id, false);
    const providers = await this.repository.providers(unaffected);
    for (const id of unaffected)
      this.usable.set(id, providers.get(id)?.some((provider) => !this.affected.has(provider)) ?? true);
  }

  private isUsable(id: NodeId): boolean {
    return this.usable.get(id) ?? false;
  }
}

const hasAny = (group: readonly string[]): boolean => group.length > 0;

/** The groups of names on a relationship; free-form metadata of another shape, or of too many names, names none. */
function groupsOf({ groups, alternatives }: Pick<NeedRow, 'groups' | 'alternatives'>): string[][] {
  const lists: unknown[] = Array.isArray(groups) ? groups : Array.isArray(alternatives) ? [alternatives] : [];
  const names = lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), lists.length);
  return names > MOST_NAMES ? [] : lists.map(namesOf);
}

function namesOf(group: unknown): string[] {
  if (!Array.isArray(group)) return [];
  return group.flatMap((one: unknown) => {
    const name: unknown = typeof one === 'object' && one !== null ? (one as { name?: unknown }).name : one;
    return typeof name === 'string' && name.length <= 128 ? [name.toLowerCase()] : [];
  });
}
