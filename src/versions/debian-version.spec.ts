import { compareDebianVersions } from './debian-version.js';

describe('the order of Debian versions', () => {
  it.each([
    ['1.0', '1.0', 0],
    ['1.0~rc1', '1.0', -1],
    ['1.0~~', '1.0~', -1],
    ['1.10', '1.9', 1],
    ['1:0.1', '9.9', 1],
    ['1.0-1', '1.0-1+b1', -1],
    ['1.0', '1.0+dfsg', -1],
    ['1.0a', '1.0+', -1],
    ['2.36-9+deb12u10', '2.36-9+deb12u9', 1],
    ['1.0-10', '1.0-9', 1],
    ['0.99999999999999999999', '0.100000000000000000000', -1],
    ['1.002', '1.2', 0],
    ['1.0-0', '1.0', 0],
  ])('%s against %s is %i', (a, b, expected) => {
    expect(Math.sign(compareDebianVersions(a, b))).toBe(expected);
    expect(Math.sign(compareDebianVersions(b, a))).toBe(expected === 0 ? 0 : -expected);
  });
});
