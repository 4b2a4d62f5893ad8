import type { XdsKind } from '../xds-catalog.js';
import type { DiscoveryRequest } from '../xds-codec.js';

/** What a request said. */
export type Heard = 'first' | 'names' | 'ack' | 'nack' | 'stale';

/**
 * One type of resource on one stream, in the state of the world: what is asked for, what was sent last, and what became of it.
 * Version and nonce are each type's own.
 */
export class AdsSubscription {
  /** Undefined: all there are. */
  names: ReadonlySet<string> | undefined;
  /** Sent last; undefined before the first answer. */
  version: string | undefined;
  private nonce = '';
  private count = 0;
  private asked = false;
  private readonly wildcard: boolean;

  constructor(readonly kind: XdsKind) {
    // Listeners and clusters may be asked for without names; routes and endpoints never are.
    this.wildcard = kind === 'listeners' || kind === 'clusters';
  }

  hear({ resource_names, response_nonce, error_detail }: DiscoveryRequest): Heard {
    // An answer to what was sent before the last one: what was sent last is answered yet.
    if (this.asked && response_nonce !== this.nonce) return 'stale';
    const before = this.names;
    const first = !this.asked;
    this.asked = true;
    this.names = this.namesOf(resource_names);
    if (first) return 'first';
    if (error_detail) return 'nack';
    return sameNames(before, this.names) ? 'ack' : 'names';
  }

  /** Answers the nonce to send with it. */
  sent(version: string): string {
    this.version = version;
    this.nonce = String(++this.count);
    return this.nonce;
  }

  private namesOf(names: readonly string[]): ReadonlySet<string> | undefined {
    // `*` is the newer way to say all.
    if (this.wildcard && (names.includes('*') || (names.length === 0 && this.names === undefined))) return undefined;
    return new Set(names);
  }
}

const sameNames = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.size === b.size && [...a].every((name) => b.has(name)));
