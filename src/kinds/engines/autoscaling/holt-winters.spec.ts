import { ahead, bestFit, fit } from './holt-winters.js';

const SEASON = [10, -5, -20, 15];

describe('Holt–Winters', () => {
  it('continues a line with a season exactly', () => {
    const values = Array.from({ length: 16 }, (_, t) => 50 + 2 * t + SEASON[t % 4]);
    const known = fit(values, 4, { alpha: 0.3, beta: 0.1, gamma: 0.2 });
    expect(known.squares).toBeCloseTo(0, 9);
    for (let steps = 1; steps <= 9; steps++)
      expect(ahead(known, steps)).toBeCloseTo(50 + 2 * (15 + steps) + SEASON[(15 + steps) % 4], 9);
  });

  it('gives the values worked out by hand', () => {
    // Period 2: first season (10, 20), second (14, 24). Level mean 15, trend (19 - 15) / 2 = 2, season (-4, 4), level
    // before the first value 15 - 1.5 * 2 = 12. Everything fits until the fifth value, 20 where 18 was forecast.
    const { level, trend, season, squares } = fit([10, 20, 14, 24, 20], 2, { alpha: 0.5, beta: 0.5, gamma: 0.5 });
    expect(squares).toBeCloseTo(4, 9);
    // Level: half of (20 + 4) and half of (20 + 2); trend: half of (23 - 20) and half of 2.
    expect(level).toBeCloseTo(23, 9);
    expect(trend).toBeCloseTo(2.5, 9);
    // The next step is an even one, whose season is untouched; the odd one's moved by 0.5 * 0.5 * 2.
    expect(season[0]).toBeCloseTo(4, 9);
    expect(season[1]).toBeCloseTo(-3.5, 9);
    expect(ahead({ level, trend, season, squares }, 1)).toBeCloseTo(29.5, 9);
    expect(ahead({ level, trend, season, squares }, 2)).toBeCloseTo(24.5, 9);
    expect(ahead({ level, trend, season, squares }, 3)).toBeCloseTo(34.5, 9);
  });

  it('finds parameters that forecast noise around a season closely', () => {
    const noise = (t: number): number => Math.sin(t * 12.9898) * 2;
    const values = Array.from({ length: 80 }, (_, t) => 60 + SEASON[t % 4] + noise(t));
    const known = bestFit(values, 4);
    for (let steps = 1; steps <= 8; steps++)
      expect(Math.abs(ahead(known, steps) - (60 + SEASON[(79 + steps) % 4]))).toBeLessThan(4);
  });

  it('asks for two whole seasons', () => {
    expect(() => fit([1, 2, 3], 2, { alpha: 0.5, beta: 0.5, gamma: 0.5 })).toThrow('Two whole seasons');
  });
});
