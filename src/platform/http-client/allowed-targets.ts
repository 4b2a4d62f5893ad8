import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { addressKind, tunnelledAddress, withoutZone } from './address-kind.js';

const ENTRY = /^(?<host>\[[^\]]+\]|[^:]+|[0-9a-f.:]*:[0-9a-f.:]*:[0-9a-f.:/]*)(?::(?<port>\d{1,5}))?$/i;
const NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

interface NetworkRule {
  blocks: BlockList;
  port?: number;
}

interface NameRule {
  /** With a leading dot: every name below it. */
  name: string;
  port?: number;
}

/** Case and a closing dot make no other host. */
export const normalHost = (host: string): string => host.toLowerCase().replace(/\.$/, '');

/**
 * Which addresses calls to the outside may reach: public ones, and what the operator's list names: addresses and networks
 * (`10.1.0.0/16`, `[::1]:9000`) or names (`hooks.internal`, `*.corp.example`), each for one port or for all.
 * A name opens internal addresses only: whoever controls its DNS record could else turn it to a cloud's metadata service.
 */
export class AllowedTargets {
  private constructor(
    private readonly networks: readonly NetworkRule[],
    private readonly names: readonly NameRule[],
  ) {}

  static readonly NONE = new AllowedTargets([], []);

  /** Undefined when an entry cannot be read. */
  static parse(entries: readonly string[]): AllowedTargets | undefined {
    const rules = entries.map(ruleOf);
    if (rules.includes(undefined)) return undefined;
    return new AllowedTargets(
      rules.filter((rule): rule is NetworkRule => 'blocks' in rule!),
      rules.filter((rule): rule is NameRule => 'name' in rule!),
    );
  }

  /** Both lists. */
  with(other: AllowedTargets): AllowedTargets {
    return new AllowedTargets([...this.networks, ...other.networks], [...this.names, ...other.names]);
  }

  /** Whether a connection to this address may be made for this host (the name it was found by, or the address). */
  allows(host: string, address: string, port: number): boolean {
    const kind = addressKind(address);
    if (kind === 'public') return true;
    if (kind === 'tunnel') return this.inNetwork(address, port) && this.allows(host, tunnelledAddress(address), port);
    return this.inNetwork(address, port) || (kind === 'internal' && this.named(host, port));
  }

  private inNetwork(address: string, port: number): boolean {
    const plain = withoutZone(address);
    const family = isIPv4(plain) ? 'ipv4' : 'ipv6';
    return this.networks.some((rule) => (rule.port ?? port) === port && rule.blocks.check(plain, family));
  }

  private named(host: string, port: number): boolean {
    const name = normalHost(host);
    return this.names.some(
      (rule) =>
        (rule.port ?? port) === port && (rule.name.startsWith('.') ? name.endsWith(rule.name) : name === rule.name),
    );
  }
}

function ruleOf(entry: string): NetworkRule | NameRule | undefined {
  const groups = ENTRY.exec(entry.trim())?.groups;
  if (!groups) return undefined;
  const port = groups.port === undefined ? undefined : Number(groups.port);
  if (port !== undefined && (port === 0 || port > 65_535)) return undefined;
  const host = groups.host.replace(/^\[(.*)\]$/, '$1');
  const blocks = networkOf(host);
  if (blocks) return { blocks, port };
  const name = normalHost(host);
  // `10.0.0` and `0x7f.1` are mistyped addresses, not names: no name ends in a number.
  if (!NAME.test(name) || /(^|\.)(\d+|0x[0-9a-f]*)$/.test(name)) return undefined;
  return { name: name.replace(/^\*/, ''), port };
}

function networkOf(text: string): BlockList | undefined {
  const [address, bits] = text.split('/');
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) && !address.includes('%') ? 'ipv6' : undefined;
  if (!family || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined;
  const most = family === 'ipv4' ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  if (length > most) return undefined;
  const blocks = new BlockList();
  blocks.addSubnet(address, length, family);
  return blocks;
}
