import type { Request } from 'express';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { goDuration } from './go-duration.js';

/** What Consul calls a datacenter; there is one here, by the name that Consul gives when it is told none. */
export const DATACENTER = 'dc1';
const DEFAULT_WAIT_MS = 300_000;
const MOST_WAIT_MS = 600_000;
const NUMBER = /^\d{1,20}$/;
/** Parameters that change what is meant: passing them over would answer something else. */
const REFUSED = ['filter', 'node-meta', 'peer', 'sg'];

/** For how long to wait for what comes after an index. */
export interface Blocking {
  index: number;
  waitMs: number;
}

/** A query as Consul reads it: what it does not know it passes over, and of what is repeated it takes the first. */
export class ConsulQuery {
  private readonly query: Readonly<Record<string, unknown>>;

  constructor(request: Request) {
    this.query = request.query;
    for (const name of REFUSED) if (this.text(name)) throw InvalidError.field(name, 'is not supported');
    const other = this.text('dc');
    if (other && other !== DATACENTER) throw InvalidError.field('dc', `has no path to it: there is ${DATACENTER} only`);
    for (const name of ['ns', 'partition'])
      if (!['', 'default'].includes(this.text(name) ?? ''))
        throw InvalidError.field(name, 'must be default, if anything');
  }

  text(name: string): string | undefined {
    return this.all(name)[0];
  }

  all(name: string): string[] {
    const value = this.query[name];
    return value === undefined ? [] : ([value].flat() as string[]);
  }

  /** Said at all, and not that it is false. */
  flag(name: string): boolean {
    const value = this.text(name);
    if (value === undefined) return false;
    if (/^(|1|t|true)$/i.test(value)) return true;
    if (/^(0|f|false)$/i.test(value)) return false;
    throw InvalidError.field(name, 'must be true or false');
  }

  /** A whole number; undefined when it is not said. */
  number(name: string): number | undefined {
    const [value, ...others] = this.all(name);
    // Of two it is not known which one was meant, and one may be waited for.
    if (others.length > 0) throw InvalidError.field(name, 'must be said once');
    if (value === undefined || value === '') return undefined;
    if (!NUMBER.test(value)) throw InvalidError.field(name, 'must be a whole number');
    return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
  }

  /** Undefined when the answer is wanted at once. */
  blocking(): Blocking | undefined {
    const index = this.number('index');
    const wait = this.text('wait');
    const ms = wait ? goDuration(wait) : DEFAULT_WAIT_MS;
    if (ms === undefined) throw InvalidError.field('wait', 'must be a duration such as 30s or 5m');
    return index ? { index, waitMs: Math.min(ms || DEFAULT_WAIT_MS, MOST_WAIT_MS) } : undefined;
  }
}

/** As Consul does, so that not all who began together come back together. */
export const jittered = (ms: number): number => ms * (1 + Math.random() / 16);
