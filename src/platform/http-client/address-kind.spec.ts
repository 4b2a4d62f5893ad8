import { addressKind, tunnelledAddress } from './address-kind.js';

describe('the kind of an address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001::8'])(
    '%s is public',
    (address) => expect(addressKind(address)).toBe('public'),
  );

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '100.127.255.255',
    '::1',
    'fc00::1',
    'fdff:ffff::1',
  ])('%s is internal', (address) => expect(addressKind(address)).toBe('internal'));

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '198.19.0.1',
    '198.51.100.7',
    '203.0.113.7',
    '224.0.0.1',
    '239.255.255.255',
    '255.255.255.255',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'fd00:ec2::254',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    '5f00::1',
    '4000::1',
    '::7f00:1',
    '64:ff9b:1::a00:1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    'not an address',
  ])('%s is special', (address) => expect(addressKind(address)).toBe('special'));

  it.each([
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::ffff:7f00:1', '127.0.0.1'],
    ['0:0:0:0:0:FFFF:169.254.169.254', '169.254.169.254'],
    ['::ffff:0:10.0.0.1', '10.0.0.1'],
    ['64:ff9b::10.0.0.1', '10.0.0.1'],
    ['64:ff9b::808:808', '8.8.8.8'],
    ['2002:7f00:1::', '127.0.0.1'],
    ['2002:808:808:1::1', '8.8.8.8'],
  ])('%s leads to %s', (address, inner) => {
    expect(addressKind(address)).toBe('tunnel');
    expect(tunnelledAddress(address)).toBe(inner);
  });
});
