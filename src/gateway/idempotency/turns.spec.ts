import { Turns } from './turns.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('turns', () => {
  it('one at a time under a name, others at once', async () => {
    const turns = new Turns();
    let inside = 0;
    let most = 0;
    const work = async (name: string): Promise<void> => {
      const end = await turns.take(name, 5_000);
      most = Math.max(most, ++inside);
      await pause(2);
      inside--;
      end?.();
    };
    await Promise.all(Array.from({ length: 20 }, () => work('a')));
    expect(most).toBe(1);
    await Promise.all([work('a'), work('b'), work('c')]);
    expect(most).toBe(3);
  });

  it('who waits too long goes away without a turn, and the next one still gets it', async () => {
    const turns = new Turns();
    const end = await turns.take('a', 1_000);
    expect(await turns.take('a', 10)).toBeUndefined();
    end?.();
    expect(await turns.take('a', 10)).toEqual(expect.any(Function));
  });
});
