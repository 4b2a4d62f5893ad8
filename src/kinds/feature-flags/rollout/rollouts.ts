import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntryRow } from '../../../entries/entry-response.js';
import type { FlagRollout } from '../feature-flag.kind.js';
import { freshRollout, ownSettings, plannedRollout, rolloutPlaces } from './rollout-plan.js';
import { RolloutRepository } from './rollout.repository.js';
import type { RolloutRow } from './rollout.repository.js';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** What is known of the rollouts of flags beside their rows. */
@Injectable()
export class Rollouts {
  constructor(private readonly repository: RolloutRepository) {}

  /** Writes down when a flag's rollouts go on, in the transaction that changed the flag. */
  async planned(row: Pick<EntryRow, 'id' | 'spec' | 'name' | 'status'>): Promise<void> {
    const places = rolloutPlaces(row);
    const known = await this.repository.of([row.id]);
    if (places.length + known.length === 0) return;
    for (const environment of places) {
      const before = known.find((one) => one.environment === environment);
      const after = plannedRollout(row, before ?? freshRollout(row.id, environment));
      if (!isDeepStrictEqual(before, after)) await this.repository.put(after);
    }
    const over = known.filter(({ environment, paused_at }) => !places.includes(environment) && !paused_at);
    await this.repository.remove(row.id, over.map(({ environment }) => environment)); // prettier-ignore
    // A pause by hand stays where there is nothing that would go on by itself.
    const held = known.filter(({ environment, paused_at }) => !places.includes(environment) && paused_at);
    for (const one of held)
      if (one.next_at || one.guarded) await this.repository.put({ ...one, next_at: null, guarded: false });
  }

  async of(flagId: string, environment: string): Promise<RolloutRow> {
    const rows = await this.repository.of([flagId]);
    return rows.find((one) => one.environment === environment) ?? freshRollout(flagId, environment);
  }

  put(row: RolloutRow): Promise<void> {
    return this.repository.put(row);
  }

  /** What every answer about a flag tells of its rollouts. */
  async shown(rows: readonly EntryRow[]): Promise<ReadonlyMap<string, { rollouts: FlagRollout[] }>> {
    const known = await this.repository.of(rows.map(({ id }) => id));
    return new Map(
      rows.map((row) => {
        const own = known.filter(({ flag_id }) => flag_id === row.id);
        return [row.id, { rollouts: own.map((one) => toRollout(row, one)) }];
      }),
    );
  }
}

function toRollout(row: EntryRow, rollout: RolloutRow): FlagRollout {
  const { environment, paused_at, reason, stepped_at, next_at } = rollout;
  return {
    environment,
    percentage: ownSettings(row, environment).percentage ?? null,
    paused: paused_at !== null,
    reason,
    paused_at: iso(paused_at),
    stepped_at: iso(stepped_at),
    next_at: iso(next_at),
  };
}
