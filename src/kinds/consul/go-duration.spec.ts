import { goDuration } from './go-duration.js';

describe('a duration of Go', () => {
  it.each([
    ['0', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['2h0m0s', 7_200_000],
  ])('%s is %d milliseconds', (text, ms) => expect(goDuration(text)).toBe(ms));

  it.each(['', 's', '30', '-5s', '1 s', '1d', '1s?', '1s'.repeat(40)])('%j is none', (text) =>
    expect(goDuration(text)).toBeUndefined(),
  );
});
