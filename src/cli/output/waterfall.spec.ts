import picocolors from 'picocolors';
import { millisecondsText, waterfallLines, type Bar } from './waterfall.js';

const paint = picocolors.createColors(false);
const BARS: Bar[] = [
  { depth: 0, label: 'frontend GET /orders', offset: 0, duration: 100, failed: false },
  { depth: 1, label: 'checkout POST /payments', offset: 25, duration: 50, failed: true, note: 'no such card' },
  { depth: 2, label: 'cards SELECT', offset: 30, duration: 0.02, failed: false },
];

describe('a waterfall', () => {
  it('draws bars below one another, from where they began and as long as they took', async () => {
    expect(await waterfallLines(BARS, { paint })).toEqual([
      '                           0 ms                              100 ms',
      `frontend GET /orders       ${'='.repeat(40)}   100 ms`,
      `  checkout POST /payments  ${' '.repeat(10)}${'#'.repeat(20)}${' '.repeat(10)}    50 ms`,
      '    failed: no such card',
      `    cards SELECT           ${' '.repeat(12)}=${' '.repeat(27)}  0.02 ms`,
    ]);
  });

  it.each([40, 60, 80, 120])('keeps to a terminal %i columns wide', async (width) => {
    const long = { ...BARS[1], depth: 9, label: 'x'.repeat(300), note: 'y'.repeat(300) };
    const lines = await waterfallLines([...BARS, long], { width, paint });
    expect(lines.filter((line) => line.length > width)).toEqual([]);
    expect(lines.at(-2)).toContain('…');
    expect(Math.max(...lines.map(({ length }) => length))).toBe(width);
  });

  it('is drawn also of what took no time, or nothing', async () => {
    const [, line] = await waterfallLines([{ ...BARS[0], duration: 0 }], { paint });
    expect(line).toMatch(/^frontend GET \/orders {2}= +0 ms$/);
    expect(await waterfallLines([], { paint })).toHaveLength(1);
  });
});

it('times are told in three figures', () => {
  expect([0, 0.0213, 12.5, 999.9, 1240, 61_234].map(millisecondsText)).toEqual(['0 ms', '0.0213 ms', '12.5 ms', '1000 ms', '1.24 s', '61.2 s']); // prettier-ignore
});
