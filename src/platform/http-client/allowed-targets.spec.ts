import { AllowedTargets } from './allowed-targets.js';

const targets = (...entries: string[]): AllowedTargets => {
  const parsed = AllowedTargets.parse(entries);
  if (!parsed) throw new Error(`cannot be read: ${entries.join(', ')}`);
  return parsed;
};

describe('the targets that calls to the outside may reach', () => {
  it('are public addresses and nothing else, by default', () => {
    const none = targets();
    expect(none.allows('example.com', '93.184.215.14', 443)).toBe(true);
    for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:8.8.8.8', '64:ff9b::808:808'])
      expect(none.allows('example.com', address, 443)).toBe(false);
  });

  it('may be opened by address and by network, for one port or for all', () => {
    const some = targets('10.1.0.0/16', '127.0.0.1:9000', '[::1]:9000', 'fd12::/16', '169.254.1.1');
    expect(some.allows('a.example', '10.1.255.1', 80)).toBe(true);
    expect(some.allows('a.example', '10.2.0.1', 80)).toBe(false);
    expect(some.allows('a.example', '127.0.0.1', 9000)).toBe(true);
    expect(some.allows('a.example', '127.0.0.1', 9001)).toBe(false);
    expect(some.allows('::1', '::1', 9000)).toBe(true);
    expect(some.allows('::1', '::1', 80)).toBe(false);
    expect(some.allows('a.example', 'fd12::7', 80)).toBe(true);
    expect(some.allows('a.example', '169.254.1.1', 80)).toBe(true);
    expect(some.allows('a.example', '169.254.169.254', 80)).toBe(false);
  });

  it('may be opened by name: internal addresses, never a metadata service', () => {
    const some = targets('Hooks.Internal.', '*.corp.example', 'localhost:8080');
    expect(some.allows('hooks.internal', '10.0.0.1', 80)).toBe(true);
    expect(some.allows('HOOKS.internal.', '127.0.0.1', 80)).toBe(true);
    expect(some.allows('a.b.corp.example', '192.168.1.1', 80)).toBe(true);
    expect(some.allows('corp.example', '192.168.1.1', 80)).toBe(false);
    expect(some.allows('evilcorp.example', '192.168.1.1', 80)).toBe(false);
    expect(some.allows('localhost', '::1', 8080)).toBe(true);
    expect(some.allows('localhost', '::1', 22)).toBe(false);
    expect(some.allows('hooks.internal', '169.254.169.254', 80)).toBe(false);
    expect(some.allows('hooks.internal', 'fd00:ec2::254', 80)).toBe(false);
    expect(some.allows('hooks.internal', '224.0.0.1', 80)).toBe(false);
  });

  it('count the address behind a tunnel too', () => {
    const nat64 = targets('64:ff9b::/96');
    expect(nat64.allows('example.com', '64:ff9b::808:808', 443)).toBe(true);
    expect(nat64.allows('example.com', '64:ff9b::10.0.0.1', 443)).toBe(false);
    expect(targets('64:ff9b::/96', '10.0.0.0/8').allows('example.com', '64:ff9b::10.0.0.1', 443)).toBe(true);
    expect(targets('127.0.0.1').allows('a', '::ffff:127.0.0.1', 443)).toBe(true);
    expect(targets('127.0.0.1').allows('a', '::ffff:127.0.0.2', 443)).toBe(false);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0',
    '0x7f.1',
    '2130706433',
    'a b',
    'http://a.example',
    'a.example/x',
    'a.example:0',
    'a.example:65536',
    '[::1',
    '::1/129',
    'fe80::1%eth0',
    '*',
    'a.*.example',
    '-a.example',
  ])('are not written %s', (entry) => expect(AllowedTargets.parse([entry])).toBeUndefined());
});
