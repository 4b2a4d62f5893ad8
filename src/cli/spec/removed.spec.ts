import { topCommandsOf } from '../groups.js';
import { optionsOf } from './help.js';
import { buildParser } from './parser.js';
import { removedWarnings } from './removed.js';
import type { LeafSpec } from './types.js';

const leaf: LeafSpec = {
  name: 'list',
  summary: 'List',
  options: [
    { flags: '--tag <tag>', summary: 'only with this tag' },
    { flags: '--label <label>', summary: 'as before', removed: 'use --tag' },
  ],
  examples: [{ cmd: 'list' }],
  effect: 'reads',
  run: () => Promise.resolve(),
};

describe('a flag that goes away', () => {
  it('is still taken, with a warning that says what to use', async () => {
    const top = topCommandsOf('ureg').find(({ name }) => name === 'list');
    const given: Record<string, unknown>[] = [];
    const parser = buildParser({
      program: 'ureg',
      version: '0.0.0',
      helpAll: false,
      chosen: top && { top, spec: leaf },
      write: () => undefined,
      run: (_, { options }) => Promise.resolve(void given.push(options)),
    });
    await parser.parseAsync(['list', '--label', 'x'], { from: 'user' });
    expect(given.map((options) => removedWarnings(leaf, options))).toEqual([
      ['warning: --label goes away with the next minor release: use --tag'],
    ]);
  });

  it('is shown nowhere', () => {
    expect(optionsOf(leaf).map(({ flags }) => flags)).toEqual(['--tag <tag>']);
    expect(removedWarnings(leaf, { tag: 'x' })).toEqual([]);
  });
});
