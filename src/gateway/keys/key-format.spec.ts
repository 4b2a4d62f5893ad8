import { KEY_TYPES, keyTypeOf, lastFourOf, makeKey, prefixOf } from './key-format.js';

describe('key format', () => {
  it.each(KEY_TYPES)('a made %s is taken for what it is', (type) => {
    const key = makeKey(type);
    expect(key).toMatch(/^(ureg|svc|admin)_[0-9A-Za-z]{49}$/);
    expect(key.startsWith(prefixOf(type))).toBe(true);
    expect(keyTypeOf(key)).toBe(type);
    expect(key.endsWith(lastFourOf(key))).toBe(true);
  });

  it('any one wrong character is noticed', () => {
    const key = makeKey('api_key');
    for (let i = 0; i < key.length; i++) {
      const typo = key.slice(0, i) + (key[i] === 'a' ? 'b' : 'a') + key.slice(i + 1);
      expect(keyTypeOf(typo)).toBeUndefined();
    }
  });

  it('two exchanged neighbours are noticed', () => {
    const key = makeKey('service_key');
    const pairs = [...key].map((_, i) => i).filter((i) => i > 0 && key[i] !== key[i - 1]);
    for (const i of pairs)
      expect(keyTypeOf(key.slice(0, i - 1) + key[i] + key[i - 1] + key.slice(i + 1))).toBeUndefined();
  });

  it('the prefix is part of the checksum, so a key cannot be dressed up as another type', () => {
    expect(keyTypeOf(makeKey('api_key').replace('ureg_', 'admin_'))).toBeUndefined();
  });

  it.each([
    '',
    'ureg_',
    'ureg_' + '0'.repeat(48),
    'ureg_' + '0'.repeat(50),
    ` ${makeKey('api_key')}`,
    `${makeKey('api_key')}\n`,
  ])('%j is no key', (text) => expect(keyTypeOf(text)).toBeUndefined());

  it('every digit and letter is equally likely', () => {
    const counts = new Map<string, number>();
    const keys = 2_000;
    for (let i = 0; i < keys; i++)
      for (const digit of makeKey('api_key').slice(5, 48)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    const expected = (keys * 43) / 62;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(62);
    // 61 degrees of freedom: above 120 once in 100,000 runs; `% 62` over whole bytes would give about 1,100.
    expect(chiSquare).toBeLessThan(120);
  });
});
