import { chooseSentences } from './summary.js';

const vector = (...values: number[]): Float32Array => {
  const norm = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / norm);
};
const sentence = (...values: number[]) => ({ vector: vector(...values), length: 80 });

describe('chooseSentences', () => {
  it('prefers what the text is about, and does not say it twice', () => {
    const sentences = [sentence(1, 0.2, 0), sentence(1, 0.21, 0), sentence(0.6, 1, 0), sentence(0, 0, 1)];
    expect(chooseSentences(sentences, 2).map(({ index }) => index)).toEqual([0, 2]);
  });

  it('keeps the order of the text and never answers more than there is', () => {
    expect(chooseSentences([sentence(1, 0), sentence(0, 1)], 5).map(({ index }) => index)).toEqual([0, 1]);
    expect(chooseSentences([], 3)).toEqual([]);
  });

  it('takes the first sentences where no vector tells them apart', () => {
    const blank = { vector: null, length: 80 };
    expect(chooseSentences([blank, blank, blank], 2).map(({ index }) => index)).toEqual([0, 1]);
  });
});
