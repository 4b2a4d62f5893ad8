import { AllowList, normalCidr } from './allow-list.js';

describe('allow list', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    [' 192.168.1.7 ', '192.168.1.7/32'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['::1', '::1/128'],
    ['::ffff:10.1.0.0/112', '10.1.0.0/16'],
    ['::ffff:a00:1', '10.0.0.1/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
  ])('%s is kept as %s', (given, kept) => expect(normalCidr(given)).toBe(kept));

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/8/8',
    '2001:db8::/129',
    'fe80::1%eth0',
    '::ffff:10.0.0.0/8',
    '1.2.3.4/-1',
    '1.2.3.4/',
  ])('%j is no network', (given) => expect(normalCidr(given)).toBeUndefined());

  it('takes an IPv4 address in every form a socket or proxy reports it', () => {
    const list = new AllowList(['10.0.0.0/8']);
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '::FFFF:0A01:0203'])
      expect(list.includes(address)).toBe(true);
    for (const address of ['11.0.0.1', '::ffff:11.0.0.1', '::1', 'a00::1']) expect(list.includes(address)).toBe(false);
  });

  it('takes IPv6 networks, and addresses with a zone', () => {
    const list = new AllowList(['2001:db8::/32', 'fe80::/10']);
    expect(list.includes('2001:db8:1::1')).toBe(true);
    expect(list.includes('fe80::1%eth0')).toBe(true);
    expect(list.includes('2001:db9::1')).toBe(false);
  });

  it('an unknown or broken address is not on it', () => {
    const list = new AllowList(['0.0.0.0/0', '::/0']);
    for (const address of [undefined, '', 'unknown']) expect(list.includes(address)).toBe(false);
  });
});
