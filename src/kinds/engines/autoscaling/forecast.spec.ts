import { forecast, resampled } from './forecast.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);

describe('the history of a metric', () => {
  it('becomes one mean a minute, with gaps filled by the value before', () => {
    const samples = [
      { at: minutesAgo(5), value: 10 },
      { at: minutesAgo(4.5), value: 20 },
      { at: minutesAgo(2), value: 30 },
      { at: minutesAgo(1), value: 50 },
      { at: NOW, value: 99 },
    ];
    expect(resampled(samples, NOW)).toEqual([15, 15, 15, 30, 50]);
  });

  it('begins anew after a long gap, and counts for nothing when it ended long ago', () => {
    const old = { at: minutesAgo(30), value: 1 };
    expect(resampled([old, { at: minutesAgo(1), value: 7 }], NOW)).toEqual([7]);
    expect(resampled([old], NOW)).toEqual([]);
  });
});

describe('a forecast', () => {
  const wave = (minute: number): number => 50 + 40 * Math.sin((2 * Math.PI * minute) / 30);
  const history = (minutes: number): { at: Date; value: number }[] =>
    Array.from({ length: minutes }, (_, i) => ({ at: minutesAgo(minutes - i), value: wave(i - minutes) }));
  const question = { now: NOW, seasonSeconds: 1800, horizonSeconds: 600 };

  it('sees the coming peak of a season', () => {
    const { value } = forecast(history(90), question)!;
    expect(value).toBeGreaterThan(85);
    expect(value).toBeLessThan(95);
  });

  it('is none while the history holds less than two seasons', () => {
    expect(forecast(history(59), question)).toBeUndefined();
    expect(forecast(history(60), question)).toBeDefined();
  });
});
