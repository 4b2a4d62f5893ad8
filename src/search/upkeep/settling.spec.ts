import { Settling } from './settling.js';

describe('settling', () => {
  const looks = (sizes: number[]): boolean[] => {
    const settling = new Settling();
    return sizes.map((size) => settling.settled(size));
  };

  it('waits for what grows, and sees when it has come to rest', () => {
    expect(looks([0, 20_000, 60_000, 67_000, 67_500, 67_500])).toEqual([false, false, false, false, true, true]);
  });

  it('takes an empty catalog for settled', () => {
    expect(looks([0, 0])).toEqual([false, true]);
  });

  it('gives up waiting for what never rests', () => {
    const steps = Array.from({ length: 20 }, (_, i) => 1000 * 2 ** i);
    expect(looks(steps).flatMap((settled, i) => (settled ? [i] : []))).toEqual([9, 19]);
  });
});
