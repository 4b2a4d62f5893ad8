import { Injectable } from '@nestjs/common';
import type { EntryRow } from '../../../entries/entry-response.js';
import { ImpossibleError } from '../../../platform/errors/registry-error.js';
import { HostFactsRepository } from '../facts/host-facts.repository.js';
import { TooManySteps } from '../resolution/candidate.js';
import type { Candidate, Choice, Constraint } from '../resolution/candidate.js';
import { complaint } from '../resolution/constraint-error.js';
import { planOrder } from '../resolution/plan-order.js';
import { isSemver } from '../../../entries/kind/semver-version.js';
import { compareSemver, pluginConstraint } from '../resolution/plugin-constraint.js';
import { STEP_LIMIT, resolve } from '../resolution/solver.js';
import { systemRequirement } from '../resolution/system-requirement.js';
import { Universe } from '../resolution/universe.js';
import type { Need, Release } from '../resolution/universe.js';
import { circular, pluginKey, tooCostly, unsatisfied } from './plan-errors.js';
import { PluginReleaseRepository } from './plugin-release.repository.js';
import type { ReleaseRow } from './plugin-release.repository.js';
import { checkSystem } from './system-check.js';
import type { SystemCheck, SystemNeed } from './system-check.js';

/** Versions looked at for one plan. */
const RELEASE_LIMIT = 20_000;

/** A plugin of a plan. */
export interface PlannedPlugin {
  row: ReleaseRow;
  /** What asked for it: nobody behind the plugin that the plan is for. */
  askedBy: { by: ReleaseRow; constraint: string }[];
  /** The chosen plugins it needs directly, each with the constraint. */
  needs: { row: ReleaseRow; constraint: string }[];
}

export interface Plan {
  /** What is needed comes first, the plugin itself last. */
  order: PlannedPlugin[];
  system: SystemCheck;
}

interface PluginRelease extends Release {
  row: ReleaseRow;
}

/** Chooses the versions an installation takes. */
@Injectable()
export class Planner {
  constructor(
    private readonly releases: PluginReleaseRepository,
    private readonly hosts: HostFactsRepository,
  ) {}

  /**
   * @param host the host to be installed on; whichever reported host meets most when left out
   * @throws ImpossibleError `plugin.dependency_unsatisfied`, `plugin.dependency_cycle`, `plugin.resolution_too_costly`,
   * `system.host_unknown`
   */
  async plan({ id }: Pick<EntryRow, 'id'>, host?: string): Promise<Plan> {
    const root = await this.releases.get(id);
    const universe = new Universe(await this.reachable(root), compareSemver);
    const choices = chosen(root, universe);
    const ordered = planOrder(choices);
    if ('cycle' in ordered) throw circular(ordered.cycle);
    const order = plannedOf(ordered.order, universe);
    return { order, system: checkSystem(systemNeeds(order), await this.reported(host)) };
  }

  /** The plugin and every version of whatever can be reached from it. */
  private async reachable(root: ReleaseRow): Promise<PluginRelease[]> {
    const found = new Map<string, PluginRelease>([[root.id, releaseOf(root)]]);
    const asked = new Set<string>();
    for (let names = namesIn([...found.values()]); names.length > 0;) {
      for (const name of names) asked.add(name);
      const rows = await this.releases.named(names, RELEASE_LIMIT + 1);
      if (found.size + rows.length > RELEASE_LIMIT) throw tooCostly(RELEASE_LIMIT, 'versions');
      const added = rows.filter((row) => isSemver(row.version) && !found.has(row.id)).map(releaseOf);
      for (const release of added) found.set(release.row.id, release);
      names = namesIn(added).filter((name) => !asked.has(name));
    }
    return [...found.values()];
  }

  private async reported(host: string | undefined) {
    if (host === undefined) return this.hosts.list();
    const row = await this.hosts.find(host.toLowerCase());
    if (!row)
      throw new ImpossibleError('system.host_unknown', `The host ${JSON.stringify(host)} has reported no facts.`);
    return [row];
  }
}

function chosen(root: ReleaseRow, universe: Universe<PluginRelease>): Choice[] {
  const self = universe.find(root.name, root.version)!;
  try {
    const result = resolve([{ text: pluginKey(root), options: [self] }]);
    if ('choices' in result) return result.choices;
    throw unsatisfied(
      self,
      result.conflict,
      (name) => universe.versionsOf(name).map(({ version }) => version),
      nameWanted,
    );
  } catch (error) {
    if (error instanceof TooManySteps) throw tooCostly(STEP_LIMIT, 'steps');
    throw error;
  }
}

const nameWanted = ({ requirement }: Constraint): string => needOf(requirement.text).name;

const releaseOf = (row: ReleaseRow): PluginRelease => ({
  row,
  name: row.name,
  version: row.version,
  needs: constraintsOf(row).map((need) => [need]),
  last: row.status === 'deprecated',
  ...(row.links && { installedWith: new Set(row.links) }),
});

const constraintsOf = ({ plugins }: ReleaseRow): Need[] => (plugins ?? []).map(needOf);

/** What came into the catalog before constraints were checked, and is none, is met by nothing. */
const needOf = (text: string): Need =>
  complaint(pluginConstraint, text) === undefined ? pluginConstraint(text) : { name: text, text, accepts: () => false };

const namesIn = (releases: readonly PluginRelease[]): string[] => [
  ...new Set(releases.flatMap(({ needs }) => needs.flatMap((group) => group.map(({ name }) => name)))),
];

function plannedOf(choices: readonly Choice[], universe: Universe<PluginRelease>): PlannedPlugin[] {
  const rowOf = ({ name, version }: Candidate): ReleaseRow => universe.find(name, version)!.release.row;
  const planned = new Map<string, PlannedPlugin>();
  for (const { candidate } of choices) {
    const row = rowOf(candidate);
    planned.set(row.id, { row, askedBy: [], needs: [] });
  }
  for (const { candidate, askedBy } of choices) {
    const row = rowOf(candidate);
    for (const { by, requirement } of askedBy) {
      if (!by) continue;
      planned.get(row.id)!.askedBy.push({ by: rowOf(by), constraint: requirement.text });
      planned.get(rowOf(by).id)!.needs.push({ row, constraint: requirement.text });
    }
  }
  return [...planned.values()];
}

function systemNeeds(order: readonly PlannedPlugin[]): SystemNeed[] {
  const needs = new Map<string, SystemNeed>();
  for (const { row } of order.toReversed())
    for (const text of row.system ?? []) {
      if (complaint(systemRequirement, text) !== undefined) continue;
      const requirement = systemRequirement(text);
      const known = needs.get(requirement.text);
      if (known) known.askedBy.push(pluginKey(row));
      else needs.set(requirement.text, { requirement, askedBy: [pluginKey(row)] });
    }
  return [...needs.values()];
}
