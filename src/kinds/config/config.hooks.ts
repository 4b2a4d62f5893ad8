import { Injectable } from '@nestjs/common';
import type { EntryDraft } from '../../entries/entry-draft.js';
import type { EntryRow } from '../../entries/entry-response.js';
import { HooksFor } from '../../entries/kind/kind-hooks.js';
import type { KindHooks } from '../../entries/kind/kind-hooks.js';
import { EntrySecrets } from '../../entries/secrets/entry-secrets.js';
import { MASK } from '../../entries/secrets/secret-fields.js';
import { ConflictError, ImpossibleError, InvalidError } from '../../platform/errors/registry-error.js';
import type { ConfigSpec, ConfigValidation } from './config.kind.js';
import { ConfigRepository } from './config.repository.js';
import type { Sibling } from './config.repository.js';
import { placeOf, placeProblem, scopeText } from './scope.js';
import type { ScopePlace } from './scope.js';
import { ConfigFeed } from './snapshot/config-feed.js';
import { MOST_DEPTH, cycleThrough, referencesIn } from './values/references.js';
import { ruleBroken, rulesProblem, typeOfValue, valueProblem } from './values/value-rules.js';
import { ConfigHistory } from './versions/config-history.js';
import { ConfigVersionRepository } from './versions/config-version.repository.js';

const wrong = (field: string, message: string): InvalidError => InvalidError.field(`spec.${field}`, message);

/** One entry is one value of a key: its name is the key, its version the scope. */
@Injectable()
@HooksFor('config')
export class ConfigHooks implements KindHooks {
  constructor(
    private readonly repository: ConfigRepository,
    private readonly history: ConfigHistory,
    private readonly versions: ConfigVersionRepository,
    private readonly secrets: EntrySecrets,
    private readonly feed: ConfigFeed,
  ) {}

  beforeLock(entry?: { name: string }): Promise<void> {
    return entry ? this.repository.lock(entry.name) : this.repository.lockAll();
  }

  async beforeSave(draft: EntryDraft, before?: EntryRow): Promise<void> {
    await this.repository.lock(draft.name);
    const given = draft.spec as unknown as ConfigSpec;
    const place = settledPlace(draft, given, before);
    const siblings = await this.repository.siblings(draft.name, draft.version);
    const former = before?.spec as ConfigSpec | undefined;
    const type = given.type ?? former?.type ?? siblings[0]?.spec.type ?? typeOfValue(given.value);
    const encrypted =
      type === 'secret' || (given.encrypted ?? former?.encrypted ?? siblings.some(({ spec }) => spec.encrypted));
    const spec: ConfigSpec = { ...given, type, encrypted, scope: place.scope };
    if (place.scope_id !== null) spec.scope_id = place.scope_id;
    assertOneType(spec, siblings);
    await this.assertValid(draft.name, spec, siblings, before);
    draft.spec = spec as unknown as Record<string, unknown>;
  }

  async afterSave(row: EntryRow, before?: EntryRow): Promise<void> {
    const { encrypted, value } = row.spec as unknown as ConfigSpec;
    const plain: unknown = encrypted ? await this.secrets.plain<unknown>(row, 'value') : value;
    const targets = referencesIn(plain);
    if (targets.length > 0 || mayRefer(before)) await this.repository.saveReferences(row.id, row.name, targets);
    await this.history.saved(row, plain);
    this.feed.changing();
  }

  async beforeRemove(row: EntryRow, force: boolean): Promise<void> {
    if (!force && (await this.repository.siblings(row.name, row.version)).length === 0) {
      await this.repository.lockReferences();
      const count = await this.repository.referrers(row.name);
      if (count > 0)
        throw new ConflictError(
          'config.referenced',
          `${count} other keys refer to ${row.name}; force=true removes it all the same.`,
          { referrers: count },
        );
    }
    await this.history.removed(row);
    this.feed.changing();
  }

  async shown(rows: readonly EntryRow[]): Promise<ReadonlyMap<string, object>> {
    const current = await this.versions.currentOf(rows);
    return new Map(
      rows.map((row) => [row.id, { current_version: current.get(`${row.name}@${row.version}`) ?? null }] as const),
    );
  }

  private async assertValid(
    name: string,
    spec: ConfigSpec,
    siblings: readonly Sibling[],
    before?: EntryRow,
  ): Promise<void> {
    const rules = spec.validation && rulesProblem(spec.type!, spec.validation);
    if (rules) throw wrong(`validation.${rules[0]}`, rules[1]);
    const base = siblings.find(({ version }) => version === '')?.spec.validation;
    const value = await this.plainValue(spec, before);
    assertFits('value', value, spec, base);
    if (spec.default !== undefined && spec.default !== null) {
      if (spec.encrypted) throw bothWrong('default', 'of an encrypted value would be readable', 'encrypted');
      assertFits('default', spec.default, spec, base);
    }
    if (spec.scope === 'global' && spec.validation) await this.assertSiblingsFit(name, spec.validation, siblings);
    await this.assertNoCycle(name, value);
  }

  /** A mask stands for what is stored. */
  private async plainValue(spec: ConfigSpec, before?: EntryRow): Promise<unknown> {
    if (spec.value !== MASK) return spec.value;
    const stored = before?.spec.encrypted === true ? await this.secrets.plain<unknown>(before, 'value') : undefined;
    if (spec.encrypted && stored !== undefined) return stored;
    if (spec.encrypted || stored !== undefined) throw wrong('value', 'is the mask of a secret, not the secret');
    return spec.value;
  }

  private async assertSiblingsFit(name: string, rules: ConfigValidation, siblings: readonly Sibling[]): Promise<void> {
    for (const sibling of siblings) {
      const { encrypted, value } = sibling.spec;
      const broken = ruleBroken(rules, encrypted ? await this.secrets.plain<unknown>(sibling, 'value') : value);
      if (broken === undefined) continue;
      const seen = await this.repository.find(name, sibling.version);
      const whose = seen ? `the value of ${sibling.version}` : 'a value of another scope';
      throw new ImpossibleError('config.value_in_scope', `It does not fit ${whose}, which ${broken}.`, [
        { field: 'validation', message: `does not fit ${whose}` },
      ]);
    }
  }

  private async assertNoCycle(name: string, value: unknown): Promise<void> {
    const targets = referencesIn(value);
    if (targets.length === 0) return;
    await this.repository.lockReferences();
    const edges = await this.repository.referencesFrom(targets);
    const cycle = cycleThrough(name, targets, edges);
    if (cycle) {
      // Keys that the caller may not see are on the way, and not told.
      const seen = new Set([name, ...(await this.repository.seenOf(cycle))]);
      const way = cycle.map((key) => (seen.has(key) ? key : '…')).join(' → ');
      throw new ImpossibleError('config.reference_cycle', `References would go in a circle: ${way}.`, [
        { field: 'value', message: `refers to itself by ${way}` },
      ]);
    }
    if (depthFrom(targets, edges) >= MOST_DEPTH)
      throw new ImpossibleError('config.reference_depth', `References go deeper than ${MOST_DEPTH}.`, [
        { field: 'value', message: `refers to references that go deeper than ${MOST_DEPTH}` },
      ]);
  }
}

/** What an encrypted value referred to is not known here. */
const mayRefer = (before?: EntryRow): boolean =>
  before !== undefined && (before.spec.encrypted === true || referencesIn(before.spec.value).length > 0);

/** The place that scope, scope_id and version agree on; the entry's version is made of it. */
function settledPlace(draft: EntryDraft, { scope, scope_id: id }: ConfigSpec, before?: EntryRow): ScopePlace {
  const named = placeOf(draft.version);
  if (!named) throw InvalidError.field('version', 'is made of scope and scope_id');
  const place: ScopePlace = {
    scope: scope ?? named.scope,
    scope_id: id ?? (scope && scope !== named.scope ? null : named.scope_id),
  };
  const problem = placeProblem(place);
  if (problem) throw wrong(...problem);
  const text = scopeText(place);
  if (text === draft.version) return place;
  if (before) throw new ImpossibleError('config.scope_fixed', 'scope and scope_id are fixed; set another value.', [{ field: 'scope', message: 'cannot change' }]); // prettier-ignore
  if (draft.version !== '') throw InvalidError.field('version', `is ${text || 'none'} by scope and scope_id`);
  draft.version = text;
  return place;
}

function assertOneType({ type }: ConfigSpec, siblings: readonly Sibling[]): void {
  const other = siblings.find(({ spec }) => spec.type !== type);
  if (!other) return;
  throw new ImpossibleError('config.type_differs', `The key is of type ${other.spec.type} in other scopes.`, [
    { field: 'type', message: `must be ${other.spec.type}, as in other scopes` },
  ]);
}

/** What does not fit together: either may be what was meant. */
const bothWrong = (field: string, message: string, other: string): InvalidError =>
  new InvalidError(`${field} ${message}`, [
    { field: `spec.${field}`, message },
    { field: `spec.${other}`, message: `does not fit ${field}` },
  ]);

/** By the type, by the rules of the global value, and by its own. */
function assertFits(
  field: 'value' | 'default',
  value: unknown,
  { type, validation }: ConfigSpec,
  base?: ConfigValidation | null,
): void {
  const problem = valueProblem(type!, value) ?? (base ? ruleBroken(base, value) : undefined);
  if (problem !== undefined) throw wrong(field, problem);
  const broken = validation ? ruleBroken(validation, value) : undefined;
  if (broken !== undefined) throw bothWrong(field, broken, 'validation');
}

function depthFrom(targets: readonly string[], edges: ReadonlyMap<string, readonly string[]>): number {
  const depths = new Map<string, number>();
  const depthOf = (key: string): number => {
    const known = depths.get(key);
    if (known !== undefined) return known;
    // Others' cycles cannot be, as none is ever written; this keeps a mistake from going on for ever.
    depths.set(key, 0);
    const depth = 1 + Math.max(0, ...(edges.get(key) ?? []).map(depthOf));
    depths.set(key, depth);
    return depth;
  };
  return Math.max(0, ...targets.map(depthOf));
}
