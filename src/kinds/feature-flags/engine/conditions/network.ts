import { BlockList, isIP } from 'node:net';

export type AddressTest = (text: string) => boolean;

/** Whether an address is in any of the networks (`10.0.0.0/8`, `2001:db8::/32`, single addresses); `bad` is told the rest. */
export function networkTest(networks: readonly string[], bad: (network: string) => void): AddressTest {
  const list = new BlockList();
  for (const network of networks) if (!added(list, network)) bad(network);
  return (text) => {
    // Zone indices are accepted by isIP, but by no list.
    const family = text.includes('%') ? 0 : isIP(text);
    return family !== 0 && list.check(text, family === 6 ? 'ipv6' : 'ipv4');
  };
}

function added(list: BlockList, network: string): boolean {
  const [address, prefix, more] = network.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  const most = family === 6 ? 128 : 32;
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (family === 0 || more !== undefined || !(bits <= most)) return false;
  list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  return true;
}
