import { Injectable } from '@nestjs/common';
import type { EntryRow } from '../entry-response.js';
import { KindCatalog } from '../kind/kind-catalog.js';
import type { Probe } from '../kind/kind-hooks.js';

/** Desired states in which nothing is meant to run: silence there is no failure. */
const NOT_TO_RUN: ReadonlySet<string> = new Set([
  'registered',
  'created',
  'installed',
  'stopped',
  'disabled',
  'inactive',
  'drained',
  'archived',
]);

export const isToRun = ({ status }: Pick<EntryRow, 'status'>): boolean => !NOT_TO_RUN.has(status);

/** Which entries are probed, and how: the kind says, while the entry's state says that it is to run. */
@Injectable()
export class ProbePlan {
  constructor(private readonly catalog: KindCatalog) {}

  /** Kinds whose entries may be probed. */
  get kinds(): string[] {
    return this.catalog
      .all()
      .map(({ name }) => name)
      .filter((name) => this.catalog.hooksOf(name).probeOf !== undefined);
  }

  /** How its kind checks an entry, whatever its state. */
  async probeOf(row: EntryRow): Promise<Probe | undefined> {
    return this.catalog.hooksOf(row.kind).probeOf?.(row);
  }

  /** What is to be repeated of an entry now. */
  async duty(row: EntryRow): Promise<Probe | undefined> {
    return isToRun(row) ? this.probeOf(row) : undefined;
  }
}
