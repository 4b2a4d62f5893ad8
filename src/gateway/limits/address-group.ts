import { isIP } from 'node:net';
import { unmapped } from '../allow-list.js';

/** Who shares an address: an IPv4 address, or the /64 of an IPv6 one, which is what a single customer gets. */
export function addressGroup(address: string | undefined): string {
  const plain = unmapped((address ?? '').split('%')[0]);
  if (isIP(plain) !== 6) return plain;
  const [head, tail] = plain.toLowerCase().split('::');
  const before = head ? head.split(':') : [];
  const after = tail ? tail.split(':') : [];
  // `::1.2.3.4` takes the place of two groups; both lie beyond the first four.
  const length = 8 - before.length - after.length - (plain.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? [] : Array.from({ length }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.join(':')}::/64`;
}
