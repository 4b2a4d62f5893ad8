import { Injectable } from '@nestjs/common';
import { toSummaryResponse } from '../../entries/entry-response.js';
import type { SummaryResponse } from '../../entries/entry-response.js';
import { ActivityRepository } from './activity.repository.js';
import type { TrendingQueryRow } from './activity.repository.js';

/** Hours of each window. */
export const TRENDING_WINDOWS = { '1h': 1, '24h': 24, '7d': 168, '30d': 720 } as const;
export type TrendingWindow = keyof typeof TRENDING_WINDOWS;

/** What was done at the window's beginning counts a sixteenth of what is done now. */
const HALF_LIVES = 4;

export interface TrendingAnswer {
  window: TrendingWindow;
  half_life_hours: number;
  queries: TrendingQueryRow[];
  entries: (SummaryResponse & { reads: number; score: number })[];
}

/** What people look for and look at, recent interest counting more. */
@Injectable()
export class TrendingService {
  constructor(private readonly activity: ActivityRepository) {}

  async in(window: TrendingWindow, limit: number): Promise<TrendingAnswer> {
    const hours = TRENDING_WINDOWS[window];
    const halfLife = hours / HALF_LIVES;
    const queries = await this.activity.queries(hours, halfLife, limit);
    const rows = await this.activity.entries(hours, halfLife, limit);
    return {
      window,
      half_life_hours: halfLife,
      queries: queries.map((row) => ({ ...row, score: round(row.score) })),
      entries: rows.map((row) => ({ ...toSummaryResponse(row), reads: row.reads, score: round(row.score) })),
    };
  }
}

const round = (score: number): number => Math.round(score * 1000) / 1000;
