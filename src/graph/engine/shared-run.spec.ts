import { SharedRun } from './shared-run.js';

describe('a shared run', () => {
  const gated = () => {
    const gates: { open: (value: number) => void; fail: (error: Error) => void }[] = [];
    const run = new SharedRun<number>(() => new Promise((open, fail) => gates.push({ open, fail })));
    return { run, gates };
  };

  test('starts at once, and those who come meanwhile share the one after it', async () => {
    const { run, gates } = gated();
    const first = run.ask();
    const later = [run.ask(), run.ask()];
    expect(gates).toHaveLength(1);
    gates[0].open(1);
    expect(await first).toBe(1);
    await new Promise(setImmediate);
    expect(gates).toHaveLength(2);
    gates[1].open(2);
    expect(await Promise.all(later)).toEqual([2, 2]);
  });

  test('a failed run fails who asked for it, not those after', async () => {
    const { run, gates } = gated();
    const first = run.ask();
    const later = run.ask();
    gates[0].fail(new Error('no'));
    await expect(first).rejects.toThrow('no');
    await new Promise(setImmediate);
    gates[1].open(2);
    expect(await later).toBe(2);
  });
});
