import { Injectable } from '@nestjs/common';
import { Env } from '../../platform/env/env.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { isSubject } from '../caller.js';
import { KeyLines } from '../keys/key-lines.js';
import type { KeyType } from '../keys/key-format.js';
import type { KeyOfLine } from '../keys/key-lines.js';
import { ALL, NO_KEY } from './usage-cells.js';
import { figures, series, summed } from './usage-figures.js';
import { UsageQuestions } from './usage-questions.js';
import type { UsageSum } from './usage-questions.js';
import { stepsOf, usageRange } from './usage-range.js';
import type { UsageRange } from './usage-range.js';
import { UsageRecorder } from './usage-recorder.js';
import type {
  GatewayStats,
  KeyUsageQuery,
  KeyUsageReport,
  RouteUsage,
  SingleKeyUsage,
  TopKey,
  UsageQuery,
} from './usage.dto.js';

type Caller = Omit<KeyOfLine, 'name' | 'type'> & { name: string | null; type: KeyType | 'user' };

/** What `group_by` may make of an answer. */
const MOST_STEPS_OF_GROUPS = 10_000;

/** Answers what the gateway was asked: by one key and its line, or by all. */
@Injectable()
export class UsageService {
  constructor(
    private readonly recorder: UsageRecorder,
    private readonly questions: UsageQuestions,
    private readonly lines: KeyLines,
    private readonly env: Env,
  ) {}

  /** @throws NotFoundError, InvalidError naming the field of the query */
  async ofKey(id: string, query: KeyUsageQuery): Promise<KeyUsageReport> {
    const range = usageRange(query, this.env.usageHourlyDays);
    if (query.group_by) assertBounded(range, query.limit);
    const line: Caller[] = isSubject(id) ? [subjectOf(id)] : await this.lines.of(id);
    // What this process has in hand is part of the answer.
    await this.recorder.flush();
    const keys = line.map((key) => key.id);
    const steps = await this.questions.sums({ range, keys, routes: [query.route ?? ALL], steps: true });
    const byRoute = await this.byRoute(range, keys, query);
    const named = line.find((key) => key.id === id) ?? line.find((key) => key.id === id.toLowerCase())!;
    return {
      key_id: named.id,
      name: named.name,
      rotation_group_id: named.rotation_group_id,
      key_ids: keys,
      ...range,
      last_used_at: lastUse(line, steps),
      totals: figures(summed(steps)),
      by_route: byRoute,
      ...(query.group_by === 'key' && { by_key: await this.byKey(range, keys, query) }),
      series: series(range, steps),
    };
  }

  async stats(query: UsageQuery): Promise<GatewayStats> {
    const range = usageRange(query, this.env.usageHourlyDays);
    await this.recorder.flush();
    const all = { range, routes: [ALL] };
    const steps = await this.questions.sums({ ...all, keys: [ALL], steps: true });
    const withoutKey = summed(await this.questions.sums({ ...all, keys: [NO_KEY] }));
    const total = summed(steps);
    return {
      ...range,
      totals: figures(total),
      refused: {
        unauthenticated: total.unauthenticated,
        too_many_failures: withoutKey.rate_limited,
        forbidden: total.forbidden,
        quota_exceeded: total.rate_limited - withoutKey.rate_limited,
      },
      without_key: figures(withoutKey),
      top_keys: await this.topKeys(range, query.limit),
      top_routes: (
        await this.questions.sums({ range, keys: [ALL], routes: 'each', by: 'route', most: query.limit })
      ).map(toRouteUsage),
      series: series(range, steps),
      keys: await this.lines.numbers(),
    };
  }

  private async byRoute(
    range: UsageRange,
    keys: readonly string[],
    { route, limit, group_by: groupBy }: KeyUsageQuery,
  ): Promise<KeyUsageReport['by_route']> {
    const asked = { range, keys, by: 'route' } as const;
    const rows = await this.questions.sums({ ...asked, routes: route === undefined ? 'each' : [route], most: limit });
    if (groupBy !== 'route') return rows.map(toRouteUsage);
    const steps = await this.questions.sums({ ...asked, routes: rows.map(({ name }) => name), steps: true });
    const ofRoute = byName(steps);
    return rows.map((row) => ({ ...toRouteUsage(row), series: series(range, ofRoute.get(row.name) ?? []) }));
  }

  private async byKey(
    range: UsageRange,
    keys: readonly string[],
    { route, limit }: KeyUsageQuery,
  ): Promise<SingleKeyUsage[]> {
    const asked = { range, routes: [route ?? ALL], by: 'key' } as const;
    const rows = await this.questions.sums({ ...asked, keys, most: limit });
    const ofKey = byName(await this.questions.sums({ ...asked, keys: rows.map(({ name }) => name), steps: true }));
    return rows.map((row) => ({
      key_id: row.name,
      ...figures(row),
      last_used_at: row.last_at,
      series: series(range, ofKey.get(row.name) ?? []),
    }));
  }

  private async topKeys(range: UsageRange, most: number): Promise<TopKey[]> {
    const rows = await this.questions.sums({ range, keys: 'each', routes: [ALL], by: 'line', most });
    const keys = await this.lines.newest(rows.map(({ name }) => name));
    return rows.map((row) => {
      const { id, name, type } = keys.get(row.name) ?? subjectOf(row.name);
      return { id, name, type, ...figures(row), last_used_at: row.last_at };
    });
  }
}

/** Whoever comes with a token of the outside issuer: known by the requests alone. */
const subjectOf = (id: string): Caller => ({ id, name: null, type: 'user', rotation_group_id: id, last_used_at: null });

function assertBounded(range: UsageRange, limit: number): void {
  const most = Math.floor(MOST_STEPS_OF_GROUPS / stepsOf(range).length);
  if (limit > most) throw InvalidError.field('limit', `must be at most ${most} with group_by and so many steps`);
}

const toRouteUsage = (row: UsageSum): RouteUsage => ({ route: row.name, ...figures(row), last_used_at: row.last_at });

function byName(sums: readonly UsageSum[]): Map<string, UsageSum[]> {
  const found = new Map<string, UsageSum[]>();
  for (const sum of sums) {
    const ofName = found.get(sum.name);
    if (ofName) ofName.push(sum);
    else found.set(sum.name, [sum]);
  }
  return found;
}

/** The keys' own time of last use is written by turns of its own, and may be some seconds behind. */
function lastUse(line: readonly Pick<KeyOfLine, 'last_used_at'>[], sums: readonly UsageSum[]): Date | null {
  const times = [...line.map((key) => key.last_used_at), ...sums.map((sum) => sum.last_at)];
  const latest = Math.max(...times.map((time) => time?.getTime() ?? 0));
  return latest === 0 ? null : new Date(latest);
}
