import { reduced } from './reduction.js';

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [dot, one, other] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    dot += a[at] * b[at];
    one += a[at] ** 2;
    other += b[at] ** 2;
  }
  return dot / Math.sqrt(one * other);
};
const wave = (length: number, phase: number): number[] =>
  Array.from({ length }, (_, at) => Math.sin(at * (1 + phase / 9)) + Math.cos(at / (phase + 2)));

describe('vectors of other lengths', () => {
  it('keep their angles when they are projected', () => {
    const long = [1, 2, 3, 4].map((phase) => wave(768, phase));
    const short = long.map((vector) => reduced(vector, 'project')!);
    for (const [at, vector] of long.entries())
      expect(Math.abs(cosine(vector, long[0]) - cosine(short[at], short[0]))).toBeLessThan(0.12);
    expect(short[0]).toHaveLength(384);
    expect(reduced(long[0], 'project')).toEqual(short[0]);
  });

  it('are cut and brought to unit length, or filled up with zeros', () => {
    const cut = reduced(wave(768, 1), 'cut')!;
    expect(cosine(cut, wave(384, 1))).toBeCloseTo(1, 6);
    expect(cosine(cut, cut)).toBeCloseTo(1, 6);
    const filled = reduced([3, 4], 'project')!;
    expect([filled.length, filled[0], filled[2]]).toEqual([384, Math.fround(0.6), 0]);
  });

  it('are none without a direction', () => {
    expect(reduced([0, 0], 'cut')).toBeNull();
    expect(reduced([Number.NaN], 'cut')).toBeNull();
  });
});
