import { readEnv } from '../../platform/env/load-env.js';
import { Logger } from '../../platform/logging/logger.js';
import { addressGroup } from './address-group.js';
import { FailedCredentials } from './failed-credentials.js';

const quiet = Logger.create({ logLevel: 'silent', logFormat: 'json' });

describe('credentials that do not hold', () => {
  let now: number;
  let failures: FailedCredentials;
  const made = (limit: string): FailedCredentials => {
    const one = new FailedCredentials(readEnv({ AUTH_FAILURE_LIMIT: limit }), quiet);
    one.now = () => now;
    return one;
  };
  const statuses = (address: string, times: number): number[] =>
    Array.from({ length: times }, () => failures.refusal(address).status);
  const waitOf = (address: string): number => Number(failures.refusal(address).headers?.['Retry-After']);

  beforeEach(() => {
    now = 1_000_000;
    failures = made('3/minute');
  });

  it('are 401 up to the limit of an address, and 429 beyond; another address has its own', () => {
    expect(statuses('10.0.0.1', 5)).toEqual([401, 401, 401, 429, 429]);
    expect(statuses('::ffff:10.0.0.1', 1)).toEqual([429]);
    expect(statuses('10.0.0.2', 1)).toEqual([401]);
  });

  it('count together for a /64 of IPv6', () => {
    statuses('2001:db8:1:2::1', 3);
    expect(statuses('2001:db8:1:2:ffff::9', 1)).toEqual([429]);
    expect(statuses('2001:db8:1:3::1', 1)).toEqual([401]);
  });

  it('have to wait twice as long every time, five minutes at most', () => {
    statuses('10.0.0.1', 3);
    const waits = Array.from({ length: 12 }, () => {
      const wait = waitOf('10.0.0.1');
      now += wait * 1000;
      // What grew back meanwhile.
      while (failures.refusal('10.0.0.1').status === 401);
      return wait;
    });
    expect(waits[0]).toBe(1);
    expect(Math.max(...waits)).toBe(300);
    for (const [i, wait] of waits.slice(1).entries()) expect(wait).toBeGreaterThanOrEqual(waits[i]);
  });

  it('are forgotten after a quarter of an hour without any', () => {
    expect(statuses('10.0.0.1', 10).at(-1)).toBe(429);
    now += 901_000;
    expect(statuses('10.0.0.1', 3)).toEqual([401, 401, 401]);
    expect(waitOf('10.0.0.1')).toBe(1);
  });

  it('are 401 for ever where the limit is off', () => {
    failures = made('off');
    expect(new Set(statuses('10.0.0.1', 1000))).toEqual(new Set([401]));
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0001:0002:3:4:5:6', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['1::', '1:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['', ''],
])('the address %j belongs to %j', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});
