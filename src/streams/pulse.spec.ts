import { Pulse } from './pulse.js';

describe('Pulse', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('runs when woken, and again when its work asks to', async () => {
    const work = jest.fn().mockResolvedValueOnce(100).mockResolvedValue(Infinity);
    const pulse = new Pulse(work);
    await jest.advanceTimersByTimeAsync(1000);
    expect(work).toHaveBeenCalledTimes(0);
    pulse.wake(5);
    await jest.advanceTimersByTimeAsync(5);
    expect(work).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(99);
    expect(work).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('makes one run of many wake-ups, the soonest deciding when', async () => {
    const work = jest.fn().mockResolvedValue(Infinity);
    const pulse = new Pulse(work);
    for (const ms of [50, 10, 500, 20]) pulse.wake(ms);
    await jest.advanceTimersByTimeAsync(9);
    expect(work).toHaveBeenCalledTimes(0);
    await jest.advanceTimersByTimeAsync(1000);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('never runs twice at once, and runs once more for what woke it meanwhile', async () => {
    let running = 0;
    let runs = 0;
    const pulse = new Pulse(async () => {
      runs++;
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 100));
      running--;
      return Infinity;
    });
    pulse.wake();
    await jest.advanceTimersByTimeAsync(50);
    for (let i = 0; i < 5; i++) pulse.wake();
    await jest.advanceTimersByTimeAsync(1000);
    expect(runs).toBe(2);
  });

  it('keeps the gap between two beginnings', async () => {
    const at: number[] = [];
    const pulse = new Pulse(async () => at.push(performance.now()) && 0, 20);
    pulse.wake();
    await jest.advanceTimersByTimeAsync(100);
    await pulse.stop();
    expect(at.map((time) => Math.round(time - at[0]))).toEqual([0, 20, 40, 60, 80, 100]);
  });

  it('waits for the running work when it stops, and then never runs again', async () => {
    let done = false;
    const pulse = new Pulse(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      done = true;
      return 0;
    });
    pulse.wake();
    await jest.advanceTimersByTimeAsync(10);
    const stopped = pulse.stop();
    await jest.advanceTimersByTimeAsync(100);
    await stopped;
    expect(done).toBe(true);
    pulse.wake();
    expect(jest.getTimerCount()).toBe(0);
  });
});
