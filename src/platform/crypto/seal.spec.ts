import { seal, unseal } from './seal.js';

describe('seal', () => {
  const sealed = seal('the answer', 'a secret', 'tests');

  it('opens with the same secret and context only', () => {
    expect(unseal(sealed, 'a secret', 'tests')).toBe('the answer');
    expect(unseal(sealed, 'another secret', 'tests')).toBeUndefined();
    expect(unseal(sealed, 'a secret', 'elsewhere')).toBeUndefined();
  });

  it('a changed byte anywhere, or a cut, is noticed', () => {
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i] ^= 1;
      expect(unseal(changed, 'a secret', 'tests')).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length++)
      expect(unseal(sealed.subarray(0, length), 'a secret', 'tests')).toBeUndefined();
  });

  it('two seals of one text have nothing in common', () => {
    expect(seal('the answer', 'a secret', 'tests').equals(sealed)).toBe(false);
    expect(sealed.includes('the answer')).toBe(false);
  });
});
