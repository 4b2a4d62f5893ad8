import type { Grant } from './caller.js';
import { CredentialCache } from './credential-cache.js';

const grantOf = (keyId: string): Grant => ({
  caller: {
    id: keyId,
    type: 'api_key',
    name: keyId,
    permissions: ['read:*'],
    roles: [],
    lineage: keyId,
    credential: 'key',
  },
  keyId,
  expiresAt: Infinity,
});

describe('credential cache', () => {
  it('tells what is known to hold, what is known not to, and what is not known', () => {
    const cache = new CredentialCache();
    const grant = grantOf('one');
    cache.keep('held', grant);
    cache.refuse('refused');
    expect(cache.find('held')).toBe(grant);
    expect(cache.find('refused')).toBeNull();
    expect(cache.find('unknown')).toBeUndefined();
  });

  it('forgets a key with every token made from it, and nothing else', () => {
    const cache = new CredentialCache();
    for (const [digest, keyId] of [
      ['key', 'one'],
      ['token', 'one'],
      ['other', 'two'],
    ])
      cache.keep(digest, grantOf(keyId));
    const { generation } = cache;
    cache.forget('one');
    expect(['key', 'token', 'other'].map((digest) => cache.find(digest)?.keyId)).toEqual([undefined, undefined, 'two']);
    expect(cache.generation).not.toBe(generation);
    cache.clear();
    expect(cache.find('other')).toBeUndefined();
  });

  it('a flood of invented keys does not push out those in use', () => {
    const cache = new CredentialCache();
    cache.keep('held', grantOf('one'));
    for (let i = 0; i < 50_000; i++) cache.refuse(`invented-${i}`);
    expect(cache.find('held')?.keyId).toBe('one');
    expect(cache.find('invented-0')).toBeUndefined();
  });

  it('remembers a key for 5 to 10 seconds and a refusal for 1 to 2', () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    let now = 1_000;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
    const pass = (ms: number): void => {
      now += ms;
      jest.advanceTimersByTime(ms);
    };
    const cache = new CredentialCache();
    const all = Array.from({ length: 200 }, (_, i) => String(i));
    for (const digest of all) {
      cache.keep(`held-${digest}`, grantOf(digest));
      cache.refuse(`refused-${digest}`);
    }
    const left = (kind: string): number => all.filter((digest) => cache.find(`${kind}-${digest}`) !== undefined).length;
    pass(900);
    expect([left('held'), left('refused')]).toEqual([200, 200]);
    pass(1_200);
    expect([left('held'), left('refused')]).toEqual([200, 0]);
    pass(2_800);
    expect(left('held')).toBe(200);
    pass(2_600);
    expect(left('held')).toBeGreaterThan(0);
    expect(left('held')).toBeLessThan(200);
    pass(2_700);
    expect(left('held')).toBe(0);
    clock.mockRestore();
    jest.useRealTimers();
  });
});
