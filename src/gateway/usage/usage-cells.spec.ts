import { SLOTS, slotOf } from './latency-histogram.js';
import { NO_KEY, UsageCells } from './usage-cells.js';
import type { CountedRequest, PlacedCell } from './usage-cells.js';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-05-01T12:00:00Z');

const request = (change: Partial<CountedRequest> = {}): CountedRequest => ({
  key: 'a',
  method: 'GET',
  route: '/things/:id',
  status: 200,
  milliseconds: 5,
  bytesOut: 100,
  ...change,
});
const named = (cells: readonly PlacedCell[]): string[] =>
  cells.map(({ key, route, hour, cell }) => `${key} ${route} ${(hour - NOON) / HOUR} ${cell.requests}`).sort();

describe('cells of usage', () => {
  it('hold what is asked about: by key, method, route and hour', () => {
    const cells = new UsageCells(100);
    cells.record(request(), NOON);
    cells.record(request({ milliseconds: 7 }), NOON + HOUR - 1);
    cells.record(request({ method: 'PUT' }), NOON + 1);
    cells.record(request({ key: NO_KEY, status: 401 }), NOON + 2);
    cells.record(request({ key: 'b' }), NOON + HOUR);
    expect(cells.size).toBe(4);
    const taken = cells.take(100);
    expect(named(taken)).toEqual([
      ' GET /things/:id 0 1',
      'a GET /things/:id 0 2',
      'a PUT /things/:id 0 1',
      'b GET /things/:id 1 1',
    ]);
    const first = taken.find(({ key, route }) => key === 'a' && route.startsWith('GET'))!.cell;
    expect(first).toMatchObject({ bytesOut: 200, lastAt: NOON + HOUR - 1, clientErrors: 0 });
    const latency = new Uint32Array(SLOTS);
    latency[slotOf(5)]++;
    latency[slotOf(7)]++;
    expect(first.latency).toEqual(latency);
    expect(cells.size).toBe(0);
    expect(cells.take(100)).toEqual([]);
  });

  it('tell errors apart', () => {
    const cells = new UsageCells(100);
    for (const status of [200, 304, 400, 401, 401, 403, 404, 429, 500, 503]) cells.record(request({ status }), NOON);
    expect(cells.take(1)[0].cell).toMatchObject({
      requests: 10,
      clientErrors: 6,
      serverErrors: 2,
      unauthenticated: 2,
      forbidden: 1,
      rateLimited: 1,
    });
  });

  it('are one for all paths there are not, whatever the method', () => {
    const cells = new UsageCells(100);
    for (const method of ['GET', 'PUT', 'PROPFIND']) cells.record(request({ route: undefined, method }), NOON);
    expect(named(cells.take(9))).toEqual(['a unmatched 0 3']);
  });

  it('are never more than allowed: what has a cell is counted on, the rest is refused', () => {
    const cells = new UsageCells(2);
    const counted = ['a', 'b', 'c', 'a', 'd'].map((key) => cells.record(request({ key }), NOON));
    expect(counted).toEqual([true, true, false, true, false]);
    expect(named(cells.take(9))).toEqual(['a GET /things/:id 0 2', 'b GET /things/:id 0 1']);
    expect(cells.record(request({ key: 'c' }), NOON)).toBe(true);
  });

  it('are taken out by parts, the oldest hours first, and counting goes on meanwhile, also when the clock is set back', () => {
    const cells = new UsageCells(100);
    for (const key of ['a', 'b', 'c']) cells.record(request({ key }), NOON);
    for (const key of ['a', 'b']) cells.record(request({ key }), NOON - HOUR);
    expect(named(cells.take(2))).toEqual(['a GET /things/:id -1 1', 'b GET /things/:id -1 1']);
    expect(cells.take(2)).toHaveLength(2);
    cells.record(request({ key: 'a' }), NOON + 5);
    cells.record(request({ key: 'a' }), NOON - 5);
    const rest = cells.take(100);
    expect(named(rest)).toEqual(['a GET /things/:id -1 1', 'a GET /things/:id 0 1', 'c GET /things/:id 0 1']);
    expect(cells.size).toBe(0);
  });
});
