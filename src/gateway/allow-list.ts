import { BlockList, isIP } from 'node:net';

const MAPPED_DOTTED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const MAPPED_HEX = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i;

/** An IPv4 address that came as IPv6 (`::ffff:10.0.0.1`, what a dual-stack socket reports) as IPv4. */
export function unmapped(address: string): string {
  const dotted = MAPPED_DOTTED.exec(address);
  if (dotted) return dotted[1];
  const hex = MAPPED_HEX.exec(address);
  if (!hex) return address;
  const [high, low] = [Number.parseInt(hex[1], 16), Number.parseInt(hex[2], 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** `10.0.0.0/8`, `2001:db8::/32` or a bare address, with its prefix length written out; undefined when it is none. */
export function normalCidr(text: string): string | undefined {
  const [given, bits, ...more] = text.trim().split('/');
  if (more.length > 0 || given.includes('%') || isIP(given) === 0) return undefined;
  const address = unmapped(given);
  const most = isIP(address) === 4 ? 32 : 128;
  if (bits === undefined) return `${address}/${most}`;
  if (!/^\d{1,3}$/.test(bits)) return undefined;
  const length = Number(bits) - (address === given ? 0 : 96);
  return length >= 0 && length <= most ? `${address}/${length}` : undefined;
}

/** The addresses a key may be used from. */
export class AllowList {
  private readonly list = new BlockList();

  constructor(cidrs: readonly string[]) {
    for (const cidr of cidrs) {
      const [address, bits] = cidr.split('/');
      this.list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6');
    }
  }

  /** False for an unknown address: a key that is bound to a network is not usable from nowhere. */
  includes(address: string | undefined): boolean {
    if (!address) return false;
    const plain = unmapped(address.split('%')[0]);
    const family = isIP(plain);
    return family !== 0 && this.list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  }
}
