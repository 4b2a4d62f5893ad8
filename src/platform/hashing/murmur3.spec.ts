import { murmur3 } from './murmur3.js';

describe('murmur3', () => {
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['aa', 0x9747b28c, 0x5d211726],
    ['aaa', 0x9747b28c, 0x283e0130],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['abc', 0, 0xb3dd93fa],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
    ['Świętopełk', 0, 805072450],
    ['日本語', 0, 2779017879],
    ['é', 0, 269551495],
    ['ππππππππ', 0x9747b28c, 0xd58063c1],
  ])('hashes %j with seed %d as published', (text, seed, hash) => {
    expect(murmur3(text, seed)).toBe(hash);
  });

  it('tells texts apart that differ in one character, wherever it stands', () => {
    const texts = Array.from({ length: 64 }, (_, at) => `${'x'.repeat(at)}y${'x'.repeat(63 - at)}`);
    expect(new Set(texts.map((text) => murmur3(text))).size).toBe(64);
  });
});
