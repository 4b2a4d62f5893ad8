import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { Demand, LimitStore, Supply } from './limit-store.js';
import type { Unspent } from './quota.js';
import { CELLS } from './sliding-window.js';

const PRUNE_MS = 600_000;

interface TakenRow {
  granted: number;
  newest: string;
  counts: number[];
  left_ms: number;
}

/** The count that all processes share. */
@Injectable()
export class LimitCounterRepository implements LimitStore, OnModuleInit {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('rate-limit-counters', PRUNE_MS, () => this.prune(), { lock: true });
  }

  async take({ owner, windows, wanted, spare, back }: Demand): Promise<Supply> {
    const rows = await this.uow.query<TakenRow>(
      'SELECT granted, newest, counts, left_ms FROM rate_limit_take($1, $2, $3, $4, $5, $6, $7, $8)',
      [
        owner,
        windows.map(({ name }) => name),
        windows.map(({ seconds }) => seconds),
        windows.map(({ limit }) => limit),
        wanted,
        spare,
        back?.units ?? 0,
        back?.cells ?? windows.map(() => 0),
      ],
      'rate_limit_take',
    );
    return {
      granted: rows[0].granted,
      windows,
      cells: rows.map(({ newest, counts, left_ms: leftMs }) => ({ newest: Number(newest), counts, leftMs })),
    };
  }

  /** Takes units off the cells they were counted in. Each owner at most once. */
  async giveBack(unspent: readonly Unspent[]): Promise<void> {
    const rows = unspent.flatMap(({ owner, windows, units, cells }) =>
      windows.map(({ name, seconds }, i) => ({ owner, name, seconds, units, cell: cells[i] })),
    );
    await this.uow.run(async () => {
      await this.uow.query('SET LOCAL synchronous_commit = off');
      await this.uow.query(
        `UPDATE rate_limit_counter c
         SET counts[c.newest - b.cell + 1] = greatest(c.counts[c.newest - b.cell + 1] - b.units, 0)
         FROM unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::bigint[])
           AS b (owner, policy, seconds, units, cell)
         WHERE c.owner = b.owner AND c.policy = b.policy AND c.window_seconds = b.seconds
           AND c.newest - b.cell BETWEEN 0 AND ${CELLS}`,
        [
          rows.map(({ owner }) => owner),
          rows.map(({ name }) => name),
          rows.map(({ seconds }) => seconds),
          rows.map(({ units }) => units),
          rows.map(({ cell }) => cell),
        ],
      );
    });
  }

  /** Whether the counters can be read at all. Throws when not. */
  async check(): Promise<void> {
    await this.uow.query('SELECT 1 FROM rate_limit_counter LIMIT 1');
  }

  /** Counters that hold nothing any more are as good as none. */
  async prune(): Promise<void> {
    await this.uow.query(
      `DELETE FROM rate_limit_counter
       WHERE (newest + ${CELLS + 1}) * window_seconds / ${CELLS}.0 < extract(epoch FROM clock_timestamp())`,
    );
  }
}
