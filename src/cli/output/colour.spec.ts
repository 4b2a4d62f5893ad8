import { colourWanted } from './colour.js';

describe('colour', () => {
  it.each([
    ['a terminal has it', { isTTY: true }, true],
    ['a pipe has none', { isTTY: false }, false],
    ['NO_COLOR takes it away', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR says nothing', { isTTY: true, env: { NO_COLOR: '' } }, true],
    ['UREG_NO_COLOR takes it away', { isTTY: true, env: { UREG_NO_COLOR: '1' } }, false],
    ['CLICOLOR=0 takes it away', { isTTY: true, env: { CLICOLOR: '0' } }, false],
    ['a dumb terminal has none', { isTTY: true, env: { TERM: 'dumb' } }, false],
    ['FORCE_COLOR gives it to a pipe', { isTTY: false, env: { FORCE_COLOR: '1' } }, true],
    ['FORCE_COLOR=0 does not', { isTTY: false, env: { FORCE_COLOR: '0' } }, false],
    ['CLICOLOR_FORCE gives it to a pipe', { isTTY: false, env: { CLICOLOR_FORCE: '1' } }, true],
    ['NO_COLOR wins over FORCE_COLOR', { isTTY: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
    ['--color=always wins over NO_COLOR', { isTTY: false, flag: 'always', env: { NO_COLOR: '1' } }, true],
    ['--no-color wins over FORCE_COLOR', { isTTY: true, flag: false as const, env: { FORCE_COLOR: '1' } }, false],
    ['--color=auto asks the stream', { isTTY: true, flag: 'auto' }, true],
  ])('%s', (_, input, expected) => {
    expect(colourWanted({ flag: undefined, env: {}, ...input })).toBe(expected);
  });
});
