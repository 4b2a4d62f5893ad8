import type { UnitOfWork } from '../platform/database/unit-of-work.js';
import { OutOfTime } from './engine/neighbor-source.js';
import { SqlNeighbors } from './sql-neighbors.js';

/** A database that refuses every statement. */
const failing = (error: Error): UnitOfWork =>
  ({
    query: async () => {
      throw error;
    },
  }) as unknown as UnitOfWork;

describe('a database that stops a statement', () => {
  test('ends the walk by time, not with an error', async () => {
    const cancelled = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
    const source = new SqlNeighbors(failing(cancelled), 'out');
    await expect(source.reach([1], 10)).rejects.toBeInstanceOf(OutOfTime);
    await expect(source.edges([1], 10)).rejects.toBeInstanceOf(OutOfTime);
    await expect(source.degrees([1])).rejects.toBeInstanceOf(OutOfTime);
  });

  test('any other failure stays what it is', async () => {
    const lost = Object.assign(new Error('Connection terminated'), { code: '57P01' });
    await expect(new SqlNeighbors(failing(lost), 'in', [1]).reach([1], 10)).rejects.toBe(lost);
  });
});
