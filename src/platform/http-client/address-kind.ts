import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * What stands behind an address. `internal` are networks of one's own (loopback, private, shared, unique local);
 * `special` is everything else that is nobody's on the internet: link-local with the clouds' metadata services, multicast,
 * documentation, reserved; `tunnel` are IPv6 addresses that lead to an IPv4 one.
 */
export type AddressKind = 'public' | 'internal' | 'special' | 'tunnel';

const networks = (family: 'ipv4' | 'ipv6', cidrs: readonly string[]): BlockList => {
  const blocks = new BlockList();
  for (const cidr of cidrs) {
    const [network, bits] = cidr.split('/');
    blocks.addSubnet(network, Number(bits), family);
  }
  return blocks;
};

const INTERNAL_V4 = networks('ipv4', [
  '10.0.0.0/8',
  '100.64.0.0/10', // shared by carriers (RFC 6598)
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
]);
/** IANA's registry of special-purpose addresses, and one public address that a cloud keeps for itself. */
const SPECIAL_V4 = networks('ipv4', [
  '0.0.0.0/8',
  '100.100.100.200/32', // metadata of a cloud, amid the shared addresses
  '168.63.129.16/32', // a cloud's platform address, reachable from its machines only
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
const INTERNAL_V6 = networks('ipv6', ['::1/128', 'fc00::/7']);
/** A cloud's metadata service amid the unique local addresses. */
const METADATA_V6 = networks('ipv6', ['fd00:ec2::254/128', 'fd20:ce::254/128']);
const TUNNEL_V6 = networks('ipv6', [
  '::ffff:0:0/96', // IPv4-mapped
  '::ffff:0:0:0/96', // IPv4-translated (RFC 2765)
  '64:ff9b::/96', // NAT64
  '2002::/16', // 6to4
]);
const GLOBAL_V6 = networks('ipv6', ['2000::/3']);
/** Of what looks global: Teredo and other protocol assignments, documentation. */
const SPECIAL_V6 = networks('ipv6', ['2001::/23', '2001:db8::/32', '3fff::/20']);

/** Without the zone of a link-local address (`fe80::1%eth0`). */
export const withoutZone = (address: string): string => address.replace(/%.*$/s, '');

/** The kind of an IP address in its usual notation; what is no address at all is `special`. */
export function addressKind(address: string): AddressKind {
  const plain = withoutZone(address);
  if (isIPv4(plain)) {
    if (SPECIAL_V4.check(plain, 'ipv4')) return 'special';
    return INTERNAL_V4.check(plain, 'ipv4') ? 'internal' : 'public';
  }
  if (!isIPv6(plain)) return 'special';
  if (TUNNEL_V6.check(plain, 'ipv6')) return 'tunnel';
  if (METADATA_V6.check(plain, 'ipv6')) return 'special';
  if (INTERNAL_V6.check(plain, 'ipv6')) return 'internal';
  // Closed by default: what is not yet given out may be given a meaning that nobody here knows of.
  return GLOBAL_V6.check(plain, 'ipv6') && !SPECIAL_V6.check(plain, 'ipv6') ? 'public' : 'special';
}

/** The IPv4 address that a `tunnel` address leads to. */
export function tunnelledAddress(address: string): string {
  const groups = groupsOf(withoutZone(address));
  const [high, low] = groups[0] === 0x2002 ? groups.slice(1, 3) : groups.slice(6, 8);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of an IPv6 address. URL writes any notation in one: hexadecimal, at most one `::`. */
function groupsOf(address: string): number[] {
  const [head, tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const numbers = (part: string | undefined): number[] =>
    part ? part.split(':').map((group) => Number.parseInt(group, 16)) : [];
  const first = numbers(head);
  const last = numbers(tail);
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}
