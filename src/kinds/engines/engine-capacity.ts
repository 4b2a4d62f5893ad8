import type { EntryRow } from '../../entries/entry-response.js';
import { MOST_UNITS } from './engine.kind.js';
import type { EngineSpec } from './engine.kind.js';

/** Units an engine has, and between which numbers it may be scaled. */
export interface Capacity {
  min: number;
  max: number;
  current: number;
}

/** What an engine's row says of its capacity, what it leaves out settled. */
export function capacityOf({ spec }: Pick<EntryRow, 'spec'>): Capacity {
  const given = (spec as Partial<EngineSpec>).capacity ?? {};
  const min = given.min ?? 0;
  const max = given.max ?? MOST_UNITS;
  return { min, max, current: given.current ?? Math.min(Math.max(1, min), max) };
}

/** Whether its units have GPUs. */
export function hasGpu({ spec }: Pick<EntryRow, 'spec'>): boolean {
  const { gpu_enabled, gpu_count } = spec as Partial<EngineSpec>;
  return gpu_enabled ?? (gpu_count ?? 0) > 0;
}
