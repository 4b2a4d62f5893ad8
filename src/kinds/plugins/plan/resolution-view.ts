import type { PluginResolution } from '../http/plugin.dto.js';
import { pluginKey } from './plan-errors.js';
import type { Plan } from './planner.js';

const TO_INSTALL = ['registered', 'failed'];

/** A plan as it is answered. */
export function resolutionView({ order, system }: Plan): PluginResolution {
  return {
    plugin: pluginKey(order.at(-1)!.row),
    order: order.map(({ row }) => pluginKey(row)),
    plan: order.map(({ row, askedBy }) => ({
      id: row.uid,
      key: pluginKey(row),
      name: row.name,
      version: row.version,
      status: row.status,
      action: TO_INSTALL.includes(row.status) ? 'install' : 'keep',
      requested_by: askedBy.map(({ by, constraint }) => ({ by: pluginKey(by), constraint })),
    })),
    system: system.verdicts.map(({ requirement, askedBy, found, met }) => ({
      requirement: requirement.text,
      requested_by: askedBy,
      found: found ?? null,
      met: met ?? null,
    })),
    host: system.host ?? null,
    warnings: warningsOf({ order, system }),
  };
}

function warningsOf({ order, system }: Plan): string[] {
  const deprecated = order.filter(({ row }) => row.status === 'deprecated');
  const unknown = system.host === undefined && system.verdicts.length > 0;
  return [
    ...deprecated.map(
      ({ row }) => `${pluginKey(row)} is deprecated${row.successor ? `; ${row.successor} takes its place` : ''}.`,
    ),
    ...(unknown ? ['No host has reported its facts: whether the system requirements are met is not known.'] : []),
  ];
}
