import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AllowedTargets } from './allowed-targets.js';
import { OutboundError, stopped } from './outbound-error.js';

/** Every address of a name, as `dns.lookup` with `all`. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const resolveBySystem: Resolve = (host) => systemLookup(host, { all: true });

/** Finds and checks the addresses of a host, once: the connection goes to exactly those. */
export class GuardedAddresses {
  constructor(
    private readonly allowed: AllowedTargets = AllowedTargets.NONE,
    private readonly resolve: Resolve = resolveBySystem,
  ) {}

  /** `host` without the brackets of an IPv6 address. @throws OutboundError `refused`, `unreachable` or `timeout` */
  async of(host: string, port: number, signal: AbortSignal, extra?: AllowedTargets): Promise<readonly LookupAddress[]> {
    const family = isIP(host);
    const found = family ? [{ address: host, family }] : await this.lookUp(host, signal);
    const allowed = extra ? this.allowed.with(extra) : this.allowed;
    // One bad address among good ones is refused too: which of them is taken is not ours to say.
    if (found.every(({ address }) => allowed.allows(host, address, port))) return found;
    throw new OutboundError('refused', `${host}:${port} is or has an address that calls to the outside may not reach.`);
  }

  private async lookUp(host: string, signal: AbortSignal): Promise<readonly LookupAddress[]> {
    if (signal.aborted) throw stopped(signal, host);
    let stop: () => void = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(stopped(signal, host));
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      const found = await Promise.race([this.resolve(host).catch(() => []), aborted]);
      if (found.length === 0) throw new OutboundError('unreachable', `There is no host ${host}.`);
      return found;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}
