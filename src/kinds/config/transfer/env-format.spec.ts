import { envLine, keyOfVariable, readEnv, typedText, variableOf } from './env-format.js';

describe('a .env file', () => {
  it.each(['plain', 'with space', "it's", 'a "quote" $x `y` \\z', 'two\nlines\r\n', '', '#hash', 'ünï', '{"a":[1]}'])(
    'gives %j back as it was written',
    (value) => expect(readEnv(envLine('NAME', value)).get('NAME')).toBe(value),
  );

  it('may have comments, exports and empty lines; of a name that stands twice the last counts', () => {
    const text = '# one\n\nexport A=1 # note\nB=\'x # y\'\nA=2\nC="a\\tb"\n';
    expect([...readEnv(text)]).toEqual([
      ['A', '2'],
      ['B', 'x # y'],
      ['C', 'a\tb'],
    ]);
  });

  it.each(['no assignment', '1A=x', 'A="open', "A='open"])('is not %j, which is not repeated', (line) => {
    expect(() => readEnv(`OK=1\n${line}`)).toThrow(/^line 2 must be/);
  });

  it('names keys by variables', () => {
    expect(variableOf('db.pool-size')).toBe('DB_POOL_SIZE');
    expect(variableOf('2fa')).toBe('_2FA');
    expect(keyOfVariable('DB_POOL__SIZE')).toBe('db.pool.size');
  });

  it.each([
    ['5', 'integer', 5],
    ['5', 'float', 5],
    ['5', 'string', '5'],
    ['x', 'integer', 'x'],
    ['{"a":1}', 'json', { a: 1 }],
    ['true', 'boolean', true],
  ] as const)('%j as %s is %j', (text, type, value) => expect(typedText(text, type)).toEqual(value));
});
