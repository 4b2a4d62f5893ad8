import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { configGroup } from './kind-config.js';
import { healthGroup } from './kind-health.js';
import { verbLeaf } from './kind-lifecycle.js';
import { dependenciesGroup, dependentsLeaf } from './kind-links.js';
import { logsGroup } from './kind-logs.js';
import { metricsGroup } from './kind-metrics.js';
import { driverGroup, operationsGroup } from './kind-operations.js';
import { getLeaf, listLeaf } from './kind-reading.js';
import { eventsLeaf, statsLeaf } from './kind-telling.js';
import { exportLeaf, importLeaf } from './kind-transfer.js';
import { createLeaf, deleteLeaf, updateLeaf } from './kind-writing.js';
import type { KindWords } from './kind-words.js';

/** The commands of a kind: those every kind has, made from its words, and its own, which may take the place of a shared one. */
export function kindGroup(kind: KindWords, own: readonly (LeafSpec | GroupSpec)[] = []): GroupSpec {
  const shared = sharedCommands(kind);
  const named = (name: string) => own.find((command) => command.name === name);
  const children = shared.first.map((command) => named(command.name) ?? command);
  const rest = shared.rest.map((command) => named(command.name) ?? command);
  const further = own.filter((command) => !children.includes(command) && !rest.includes(command));
  return {
    name: kind.name,
    summary: kind.summary,
    description: kind.description,
    children: [...children, ...further, ...rest],
  };
}

type Commands = (LeafSpec | GroupSpec)[];

/** What every kind has: before what only some have, and after it. */
function sharedCommands(kind: KindWords): { first: Commands; rest: Commands } {
  return {
    first: [
      listLeaf(kind),
      getLeaf(kind),
      createLeaf(kind),
      updateLeaf(kind),
      deleteLeaf(kind),
      ...kind.verbs.map((verb) => verbLeaf(kind, verb)),
    ],
    rest: [
      ...(kind.driven ? [operationsGroup(kind), driverGroup(kind)] : []),
      healthGroup(kind),
      logsGroup(kind),
      metricsGroup(kind),
      configGroup(kind),
      dependenciesGroup(kind),
      dependentsLeaf(kind),
      eventsLeaf(kind),
      statsLeaf(kind),
      importLeaf(kind),
      exportLeaf(kind),
    ],
  };
}
