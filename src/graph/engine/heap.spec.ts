import { seeded } from '../../../test/medium/graph-oracle.js';
import { Heap } from './heap.js';

test('a heap gives its items smallest first', () => {
  const random = seeded(5);
  const numbers = Array.from({ length: 500 }, () => Math.floor(random() * 100));
  const heap = new Heap<number>((a, b) => a < b);
  for (const number of numbers) heap.push(number);
  const popped: (number | undefined)[] = [];
  while (heap.size > 0) {
    expect(heap.near(3)[0]).toBe(heap.peek());
    popped.push(heap.pop());
  }
  expect(popped).toEqual(numbers.toSorted((a, b) => a - b));
  expect(heap.pop()).toBeUndefined();
});
